-- The directory: facts about accounts, companies and client groups.

-- name: accounts_read
-- Accounts by id.
SELECT account_id AS id, account_code AS code, trade_name, company_id, client_group_id, known,
       complete, read_at, read_from, missing_since
FROM accounts WHERE account_id IN (:values...);

-- name: accounts_read_by_code
-- Accounts by the codes that filters name. (MySQL's = takes no notice of spaces at the end: the
-- caller compares again.)
SELECT account_id AS id, account_code AS code, trade_name, company_id, client_group_id, known,
       complete, read_at, read_from, missing_since
FROM accounts WHERE account_code IN (:values...) AND known = 1;

-- name: accounts_codes
-- Every code by which an account is known, or once was.
SELECT account_code FROM accounts WHERE known = 1 AND account_code IS NOT NULL
UNION SELECT account_code FROM register_entries WHERE account_code IS NOT NULL;

-- name: accounts_trade_names
-- Every name that a client has, or once had.
SELECT trade_name FROM accounts WHERE known = 1 AND trade_name IS NOT NULL
UNION SELECT trade_name FROM register_entries WHERE trade_name IS NOT NULL;

-- name: accounts_first
-- The first accounts in the order of their codes, for completing what somebody types.
SELECT account_id AS id, account_code AS code, trade_name, company_id, client_group_id, known,
       complete, read_at, read_from, missing_since
FROM accounts WHERE known = 1 AND account_code IS NOT NULL ORDER BY account_code LIMIT :count;

-- name: accounts_companies
-- Each company that an account has (null: accounts of which none is known), whether it is known of
-- all these accounts, and whether a list of all accounts told any of them.
SELECT company_id, MIN(complete) AS complete,
       MAX(CASE WHEN read_from = :list_route THEN 1 ELSE 0 END) AS listed
FROM accounts WHERE known = 1 GROUP BY company_id;

-- name: companies_all
-- All companies: there are few.
SELECT company_id AS id, trade_name AS name, known, read_at, read_from, missing_since FROM companies;

-- name: client_groups_all
-- All client groups: there are few.
SELECT client_group_id AS id, name, known, read_at, read_from, missing_since FROM client_groups;

-- name: accounts_save
-- Keep accounts as they were just read, in place of what was kept.
REPLACE INTO accounts (
    account_id, account_code, trade_name, company_id, client_group_id, known, complete, read_at,
    read_from, missing_since
) VALUES (
    :account_id, :account_code, :trade_name, :company_id, :client_group_id, :known, :complete,
    :read_at, :read_from, :missing_since
)...;

-- name: companies_save
-- Keep companies likewise.
REPLACE INTO companies (company_id, trade_name, known, read_at, read_from, missing_since)
VALUES (:id, :name, :known, :read_at, :read_from, :missing_since)...;

-- name: client_groups_save
-- Keep client groups likewise.
REPLACE INTO client_groups (client_group_id, name, known, read_at, read_from, missing_since)
VALUES (:id, :name, :known, :read_at, :read_from, :missing_since)...;
