"""Invented Spanish prose for pages of the examples. Persons, places and events do not exist."""

JOURNAL = [
    """Día 3 de marzo. Salimos de Puerto Sereno al romper el alba con viento fresco del nordeste y mar
    bonancible. A las nueve perdimos de vista la torre de San Telmo y a mediodía demoraba la Isla Grande
    al sur, distancia de cuatro leguas. El capitán hizo medir la corriente, que tira con fuerza hacia el
    poniente. Por la tarde vimos delfines y una tortuga de gran tamaño. Los marineros cantaron hasta bien
    entrada la noche y yo quedé en cubierta mirando las estrellas, que aquí parecen más cercanas.""",
    """Día 7. Calma todo el día. Don Anselmo dibuja las conchas que recogió en los bajos y yo ordeno las
    plantas secas entre papeles nuevos, porque los viejos se humedecen. Llevo contadas sesenta y dos
    especies, once de ellas desconocidas para mí. El cocinero asegura que con la corteza de una se curan
    las fiebres; he guardado una muestra para el doctor Salcedo, con la nota del lugar y la fecha.""",
    """Día 12 de marzo. Fondeamos en la ensenada del Carenero con doce brazas de agua y fondo de arena.
    Bajé a tierra con dos hombres y subimos por la margen izquierda del río Manso hasta un salto de unas
    veinte varas. El camino es penoso por las lianas y el lodo, pero la vista desde lo alto recompensa
    toda fatiga: se ve la bahía entera, la ciudad y, más lejos, la sierra cubierta de nubes.""",
    """Nos recibió en su casa una viuda que vive sola con sus hijos y cultiva café, cacao y algunas
    colmenas. No quiso aceptar pago. Le dejamos agujas, hilo y un espejo pequeño, y ella nos dio miel y un
    cesto de guayabas. Observé el barómetro a las seis: veintinueve pulgadas y ocho décimas. Termómetro:
    setenta y nueve grados. Cielo despejado, horizonte claro y muchas aves hacia el norte.""",
    """Día 15. Ayer por la noche llovió sin descanso y el agua entró en la tienda. Salvamos los cuadernos
    poniéndolos bajo el cuero de la silla. Hoy amaneció sereno y pudimos secar la ropa y las muestras.
    Levanté el perfil de la costa desde el mogote grande, con la aguja y la cadena, como me enseñaron en
    la escuela náutica. Faltan las sondas de la parte del este, que haremos mañana si el tiempo lo permite.""",
    """Los pescadores llaman a este sitio Los Frailes, por dos peñas que semejan hombres en oración. Dicen
    que en las noches sin luna se oye una campana debajo del agua. No la oímos nosotros, pero sí el ruido
    del mar en las cuevas, que es cosa de mucho respeto. Anoto los nombres como los pronuncian.""",
    """Día 18. Hicimos las sondas del este con el bote pequeño. De la punta Clara a la peña mayor hay fondo
    limpio de seis a nueve brazas; más adentro, coral. Dos hombres con calentura. El doctor les dio la
    infusión de la corteza y hoy están mejor, aunque él atribuye el alivio al descanso.""",
    """Día 21. Equinoccio. Tomé la altura del sol al mediodía con el octante y comparé los dos relojes: el
    inglés adelanta cuatro segundos por día. Por la noche pintamos de nuevo el nombre de la goleta y se
    repartió aguardiente. Don Anselmo leyó en voz alta unas páginas sobre los viajes de los antiguos.""",
    """Entramos en la sierra por el paso del Alba con cinco mulas y un guía, hombre callado que conoce cada
    piedra. A mil varas de altura cambia el aire y aparecen los helechos arbóreos y unas flores blancas
    que se abren solamente al anochecer. Medí una: siete pulgadas. La he dibujado al margen de esta hoja.""",
    """Día 24. Bajamos por la otra vertiente. El río lleva arenas negras muy pesadas; guardo un frasco para
    analizarlas. Encontramos restos de un ingenio antiguo, con la rueda caída y las paredes tomadas por
    las raíces. Nadie supo decirnos de quién fue ni cuándo se abandonó.""",
    """Día 29. De regreso a bordo. El inventario suma ciento cuarenta plantas, treinta y una conchas, nueve
    muestras de tierra y dos cuadernos de dibujos. Mañana, si el viento ayuda, daremos la vela para Puerto
    Sereno. Escribo esto a la luz de un farol, con la mano cansada y el ánimo contento.""",
    """Pido a quien halle este cuaderno, si acaso se perdiese, que lo entregue en la biblioteca de la ciudad,
    donde sabrán darle el destino que le corresponde. No contiene secretos, sino trabajo.""",
]

LETTER = """Muy señora mía y de mi mayor aprecio: recibí a su tiempo la muy grata de usted del veinte del
    pasado, y con ella el cajón de libros y las semillas, que llegaron sin daño alguno. Todos en esta casa
    agradecemos su memoria. Los niños preguntan a diario cuándo volverá usted a vernos, y les digo que con
    las primeras brisas de diciembre, si Dios nos da salud y los caminos lo permiten. La cosecha ha sido
    buena, aunque las lluvias se llevaron el puente viejo y hubo que pasar el café en canoas. Mi hermano
    sigue en la capital con sus pleitos y escribe poco. De lo que usted me encarga sobre los papeles del
    archivo, hablé con el escribano y promete copia fiel antes de Pascua. Mande usted cuanto guste a su
    afectísimo servidor, que besa sus pies,"""

MINUTES = [
    """En la ciudad de Puerto Sereno, a los catorce días del mes de septiembre de mil novecientos
    veintiuno, reunidos en el salón de actos de la Sociedad de Amigos del País los señores que al margen
    se expresan, se dio lectura a la convocatoria y se declaró abierta la sesión a las ocho de la noche.""",
    """El señor presidente expuso que la historia de estas comarcas se halla dispersa en archivos
    parroquiales, escribanías y casas particulares, expuesta a la humedad, a los insectos y al olvido, y
    que era deber de la generación presente reunirla, ordenarla y darla a conocer.""",
    """Acto seguido se acordó por unanimidad: Primero. Fundar el Instituto de Historia de Oriente, con
    domicilio en esta ciudad. Segundo. Formar una biblioteca, un archivo y un gabinete de fotografías,
    abiertos al público sin distinción alguna. Tercero. Editar un boletín trimestral.""",
    """Se procedió a la elección de la primera junta directiva, resultando electos los señores cuya
    relación se une a esta acta. El tesorero dio cuenta de los donativos recibidos hasta la fecha, que
    ascienden a cuatrocientos doce pesos con treinta centavos, según el estado que se inserta.""",
    """El señor secretario propuso que se invite a las familias de la comarca a depositar en el Instituto
    los retratos, cartas y planos que conserven, entregándose recibo de cada pieza, y que los originales
    puedan ser devueltos a sus dueños cuando así lo soliciten. Fue aprobado.""",
    """Y no habiendo más asuntos de que tratar, se levantó la sesión a las diez y media de la noche, de
    todo lo cual yo, el secretario, certifico, firmando conmigo el señor presidente.""",
]

NEWS = [
    (
        "LA LÍNEA DEL VALLE",
        """Ayer quedó abierto al servicio público el tramo del ferrocarril que une esta
    ciudad con el pueblo de Santa Rita. Desde las primeras horas de la mañana se congregó en el andén una
    multitud que saludó con vivas la salida del tren inaugural, adornado con palmas y gallardetes. El
    viaje, que antes pedía dos jornadas a caballo, se hizo en tres horas y diez minutos.""",
    ),
    (
        "MOVIMIENTO DEL PUERTO",
        """Entradas: goleta Alondra, de Isla Grande, con carbón y frutas; bergantín
    Dos Hermanos, con madera. Salidas: vapor Almendra, con tabaco, café y pasajeros. Se espera para el
    jueves el correo del norte. La barra tiene quince pies de agua en pleamar.""",
    ),
    (
        "OBRAS DEL ACUEDUCTO",
        """El ayuntamiento ha sacado a subasta las obras de reparación del acueducto.
    Los pliegos se abrirán el día primero del mes entrante. Mientras duren los trabajos, el agua se
    repartirá por barrios, en las horas que señala el bando publicado en la tablilla.""",
    ),
    (
        "TEATRO PRINCIPAL",
        """Mucho público y buenos aplausos tuvo la función del domingo. La orquesta, que
    dirige el maestro Robles, tocó con acierto la obertura, y el coro de señoritas fue llamado tres veces
    a escena. El sábado se repite el programa a beneficio del hospital de caridad.""",
    ),
    (
        "DE LA SIERRA",
        """Nos escriben de San Telmo que las lluvias han sido abundantes y que la cosecha de
    café se presenta mejor que la pasada. Los arrieros se quejan, con razón, del estado de los caminos,
    y piden que se repare el paso del río Manso antes de las crecidas de octubre.""",
    ),
    (
        "OBSERVATORIO",
        """Temperatura máxima de ayer, treinta y un grados; mínima, veintidós. Barómetro,
    setecientos sesenta y dos milímetros. Viento del este, fresco por la tarde. Estado del cielo: nubes
    altas. Se observó al anochecer un halo de gran tamaño alrededor de la luna.""",
    ),
    (
        "LIBROS NUEVOS",
        """La imprenta de la calle Real acaba de poner a la venta un Manual de agricultura
    para uso de las escuelas, con láminas. Contiene el cultivo de la caña, el café, el cacao y las
    hortalizas, y un calendario de labores acomodado al clima de estas comarcas.""",
    ),
    (
        "REGATAS",
        """Quedó señalado el domingo veinticuatro para las regatas de la bahía. Correrán balandros
    de hasta ocho metros, con salida frente al muelle Real y vuelta a la boya de los Frailes. El premio
    será una copa de plata que estará expuesta en la joyería de la plaza.""",
    ),
    (
        "ESCUELAS",
        """El lunes abrió sus puertas la escuela nocturna del barrio de Extramuros, sostenida por los
    tipógrafos y los carpinteros. Se inscribieron sesenta y tres alumnos. Las clases de lectura, cuentas y
    dibujo son gratuitas, y se reciben con gratitud plumas, papel y lámparas.""",
    ),
    (
        "MERCADO",
        """Café superior, veinte pesos el quintal. Cacao, diecisiete. Azúcar, cuatro y medio. Miel
    de abejas, el barril, nueve. Tabaco en rama, según clase. Maderas sin variación. Cambio firme.""",
    ),
    (
        "SOCORRO",
        """La goleta Luz recogió el sábado, a la altura de Cabo Almendra, a seis pescadores cuyo
    bote había perdido el timón. Llegaron en buena salud y fueron atendidos por los vecinos del muelle.""",
    ),
    (
        "ALUMBRADO",
        """Desde el primero de junio quedarán encendidos los faroles de la avenida de los Laureles
    hasta la una de la madrugada. Falta ahora que se acuerden de la calle de la Amargura, que hace honor a
    su nombre en las noches sin luna.""",
    ),
    (
        "HALLAZGO",
        """Al abrir los cimientos del nuevo mercado se encontró un cántaro con monedas antiguas. El
    alcalde dispuso que se depositen en la biblioteca, donde podrá verlas el público los domingos.""",
    ),
    (
        "CORREO",
        """Hay cartas detenidas por falta de señas para don Blas Peralta, doña Rosa de Lima y el
    capitán del bergantín Dos Hermanos. Pueden pasar por la administración de nueve a cuatro.""",
    ),
    (
        "SE VENDE",
        """Una imprenta de mano en buen estado, con tres cajas de letra y todos sus útiles. También
    un piano vertical y una colección de mapas. Darán razón en la calle del Sol, número treinta.""",
    ),
    (
        "BOTICA DE LA LUZ",
        """Jarabes, vinos tónicos, aguas minerales y quinina legítima. Se despachan recetas
    a toda hora del día y de la noche. Calle Real, esquina a la de los Oficios.""",
    ),
]

CHANT = [
    "Sal ve Re gi na ma ter mi se ri cor di ae", "vi ta dul ce do et spes nos tra sal ve",
    "ad te cla ma mus ex su les fi li i He vae", "ad te sus pi ra mus ge men tes et flen tes",
    "in hac la cri ma rum val le e ia er go", "ad vo ca ta nos tra il los tu os mi se ri",
    "cor des o cu los ad nos con ver te et Ie sum", "be ne dic tum fruc tum ven tris tu i",
    "no bis post hoc ex si li um os ten de", "o cle mens o pi a o dul cis vir go Ma ri a",
    "Al le lu ia al le lu ia lau da te Do mi num", "om nes gen tes lau da te e um po pu li",
]  # fmt: skip
