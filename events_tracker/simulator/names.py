"""The parts that made-up Brazilian premises, companies and client groups are named from."""

KINDS = (
    "Padaria", "Farmácia", "Condomínio Edifício", "Mercado", "Auto Posto", "Escola Infantil",
    "Clínica Odontológica", "Ótica", "Pet Shop", "Restaurante", "Lotérica", "Academia",
    "Papelaria", "Oficina Mecânica", "Imobiliária", "Hotel", "Supermercado", "Depósito",
    "Residencial", "Laboratório", "Livraria", "Açougue", "Floricultura", "Transportadora",
)  # fmt: skip

PROPER_NAMES = (
    "São José", "Aurora", "Santa Luzia", "Bela Vista", "Boa Esperança", "Três Irmãos",
    "Nossa Senhora Aparecida", "Primavera", "Ipê Amarelo", "Monte Verde", "São João", "Araucária",
    "Beira-Mar", "Jardim América", "Santo Antônio", "Vila Nova", "Pôr do Sol", "Pão & Cia",
    "Imperial", "Recanto das Águas", "Conceição", "Bandeirantes", "Alvorada", "Guarani",
    "Estação Central", "João de Barro", "Horizonte", "Sabiá", "Cruzeiro do Sul", "Água Viva",
)  # fmt: skip

COMPANIES = (
    "Sentinela Monitoramento", "Vigia Sul Segurança Eletrônica", "Alerta 24 Horas",
    "Guardião Alarmes", "Farol Segurança", "Atalaia Monitoramento", "Escudo Forte Sistemas",
    "Coruja Vigilância",
    "Portal Seguro", "Central Norte Alarmes", "Proteção Litoral", "Olho Vivo Monitoramento",
)  # fmt: skip

CLIENT_GROUPS = (
    "Rede Boa Mesa", "Grupo Farmácias do Vale", "Administradora Horizonte", "Postos Estrada Real",
    "Colégios São Bento", "Rede Ótica Clara", "Grupo Hoteleiro Maré", "Mercados União",
    "Clínicas Vida Plena", "Lojas Irmãos Ferreira",
)  # fmt: skip
