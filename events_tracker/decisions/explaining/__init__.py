"""What `explain` says: reasons that other decisions gave, put in one place, none taken anew."""
