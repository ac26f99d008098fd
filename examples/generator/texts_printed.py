"""Invented Spanish text of the printed books (`books`). Persons, places and events do not exist."""

PRIMER = {
    2: {
        "chapter": ("AL LECTOR", "que sale de noche y vuelve de día"),
        "text": [
            """No se escribió esta cartilla para los pilotos de altura, que tienen sus libros y sus escuelas, sino
            para los que viven de la red y del anzuelo y conocen la mar por haberla padecido. Casi todo lo que aquí
            se dice me lo enseñaron ellos, en el muelle, mientras remendaban las velas.""",
            """He procurado poner las cosas en el orden en que se necesitan: primero los vientos, después la aguja, y
            al final las señales con que un bote pide socorro. Quien sepa leer, lea en voz alta a los demás.""",
            """Perdone el lector las faltas, que son mías, y aproveche los consejos, que son de todos.""",
        ],
        "ornament": "anchor",
    },
    3: {
        "chapter": ("CAPÍTULO I", "De los vientos"),
        "text": [
            """Cuatro vientos gobiernan nuestra costa. El terral sopla de la sierra al anochecer y empuja el bote hacia
            fuera sin trabajo de remos. La brisa entra del nordeste a media mañana, fresca y pareja, y con ella se
            vuelve a casa. El sur es raro, cálido y traidor: levanta una mar corta que golpea la proa y moja el
            pescado. Del norte no se fíe nadie entre noviembre y marzo.""",
            """Antes de largar amarras, mire el pescador la loma del Telégrafo. Si la nube la cubre como un gorro,
            habrá brisa fuerte; si la nube se arrastra por la falda, habrá calma; si no hay nube ninguna y se ven
            los árboles como si estuvieran cerca, quédese en tierra.""",
        ],
    },
    4: {
        "section": "De las señales del tiempo",
        "text": [
            """El sol que se pone detrás de una barra oscura anuncia viento. El cerco alrededor de la luna anuncia
            agua, y cuanto más ancho el cerco, más tarde viene. Las gaviotas tierra adentro no mienten jamás.""",
            """El barómetro, donde lo haya, vale más que todos los refranes: si baja despacio, recoja usted las redes;
            si baja de golpe, déjelas. Una red se teje otra vez en el invierno.""",
            """Cuando el mar hierve sin viento y huele a fango, es que viene de lejos una marejada. Saque el bote a lo
            alto de la playa y ayude al vecino a sacar el suyo.""",
        ],
        "ornament": "anchor",
    },
    5: {
        "chapter": ("CAPÍTULO II", "De la aguja de marear"),
        "text": [
            """La aguja es una barrita imantada que busca el norte. No la tenga cerca del fogón, del ancla ni del
            cuchillo, porque el hierro la engaña.""",
            """La rosa se parte en treinta y dos rumbos. Al pescador le bastan ocho, y esos ha de saberlos con los
            ojos cerrados. Para volver de los Frailes al muelle se gobierna al sudoeste; para ir, al nordeste.""",
        ],
        "ornament": "rose",
    },
    6: {
        "chapter": ("ÍNDICE", "de lo que contiene esta cartilla"),
        "rows": [
            ("Al lector", "2"),
            ("Capítulo I. De los vientos", "3"),
            ("De las señales del tiempo", "4"),
            ("Capítulo II. De la aguja de marear", "5"),
        ],
        "ornament": "anchor",
    },
}
"""Pages of the primer by number; page 1 is its title page."""

ALMANAC = {
    1911: [
        """Gobierna este año el viento del nordeste, y promete buena pesca hasta las primeras lluvias. El invierno
        será corto; la primavera, seca; el verano, de muchos truenos y poca agua. Habrá abundancia de pargo en mayo
        y de calamar en octubre.""",
        """Quien tenga casa que techar, téchela antes de agosto. Quien tenga deuda que cobrar, cóbrela en febrero,
        que es mes de buena memoria. Se recomienda a los patrones de bote que pinten de blanco la regala, porque
        de noche se ve a dos cables de distancia.""",
        """El faro de Punta Clara estrena lámpara nueva, que alcanza catorce millas con tiempo claro.""",
    ],
    1912: [
        """Año bisiesto y de muchas estrellas. Los viejos del muelle esperan dos temporales, uno chico en junio y
        otro grande hacia la luna llena de septiembre; Dios los haga embusteros.""",
        """El tranvía de la avenida de los Laureles llegará por fin a la playa Honda, de manera que el pescado podrá
        estar en el mercado antes de las siete. Suba usted por la puerta de atrás si lleva canasto.""",
        """Aprenda a nadar quien no sepa: la sociedad de salvamento da lecciones gratuitas los domingos, junto a la
        caseta de los baños, con maestro y con cuerda.""",
    ],
}

MONTH = {
    1911: (
        "tiene treinta y un días",
        [
            ("1", "domingo", "Año nuevo. Feria en la plaza de Armas"),
            ("3", "martes", "Se abre la veda de la langosta"),
            ("6", "viernes", "Reyes. Regata de los botes chicos"),
            ("8", "domingo", "Cuarto creciente, a las seis y veinte"),
            ("11", "miércoles", "Sale el vapor Almendra para el norte"),
            ("15", "domingo", "Luna llena, a las diez y media"),
            ("17", "martes", "San Antón. Bendición de las bestias"),
            ("20", "viernes", "Vence el plazo de las matrículas"),
            ("22", "domingo", "Cuarto menguante, a las seis"),
            ("26", "jueves", "Llega el correo de Isla Grande"),
            ("30", "lunes", "Luna nueva, a las nueve y cuarto"),
        ],
    ),
    1912: (
        "tiene treinta y un días; el año es bisiesto",
        [
            ("1", "lunes", "Año nuevo. Baile en la Aduana"),
            ("4", "jueves", "Luna llena, a la una y media"),
            ("6", "sábado", "Reyes. Juguetes en el hospital de caridad"),
            ("9", "martes", "Se pinta la boya de los Frailes"),
            ("11", "jueves", "Cuarto menguante, a las siete y media"),
            ("14", "domingo", "Lección de nado en la playa Honda"),
            ("19", "viernes", "Luna nueva, a las once y diez"),
            ("22", "lunes", "Sale la goleta Luz con sal y madera"),
            ("27", "sábado", "Cuarto creciente, a las ocho"),
            ("31", "miércoles", "Subasta de redes viejas en el muelle Real"),
        ],
    ),
}
"""What the almanac says below the month's name, and its days."""

TIDES = {
    1911: [
        ("Domingo 1", "8 y 42", "3 y medio"),
        ("Domingo 8", "2 y 15", "2 y cuarto"),
        ("Domingo 15", "8 y 20", "4"),
        ("Domingo 22", "1 y 58", "2 y medio"),
        ("Domingo 29", "7 y 31", "3 y tres cuartos"),
    ],
    1912: [
        ("Lunes 1", "6 y 10", "3 y cuarto"),
        ("Lunes 8", "11 y 4", "3"),
        ("Lunes 15", "5 y 46", "2 y cuarto"),
        ("Lunes 22", "9 y 33", "4 y cuarto"),
        ("Lunes 29", "3 y 27", "2 y medio"),
    ],
}
"""Rows of the almanac's table of tides: day, hour, height."""
