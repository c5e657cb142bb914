/** Los textos de los modelos y los límites, en español. */
export const inUse = {
  title: "Con qué reconoce el relé, y hasta dónde",
  text: "Se decide al arrancar el relé y aquí solo se muestra. Para cambiarlo, vea {name} en la documentación.",
  models: "Modelos",
  purposes: {
    "yunet-2023mar": "Encuentra las caras y sus cinco puntos.",
    "sface-2021dec": "Reconoce a las personas que se registran aquí.",
    "dlib-resnet-v1": "Reconoce a quienes vienen de un encodings.npy.",
  },
  otherPurpose: "Otro modelo del relé.",
  available: "Disponible",
  missing: "No disponible",
  limits: "Límites",
  figures: {
    coolDown: "Tiempo en que no se vuelve a avisar de la misma persona en la misma cámara",
    reportAge: "Antigüedad máxima de un informe cuando llega al relé",
    outbox: "Tiempo que un navegador sin conexión guarda un informe; después se descarta",
    outboxSize: "Informes que un navegador guarda a la vez",
    clockAhead: "Adelanto máximo del reloj de un dispositivo",
    faces: "Caras en un informe",
    samples: "Muestras en un registro",
    picture: "Tamaño máximo de una foto",
    waiting: "Fotos que esperan su turno; a las demás se les responde que está ocupado",
    sockets: "Conexiones en vivo a la vez",
    webhooks: "Receptores de webhooks",
  },
  units: { megapixels: "{count} megapíxeles" },
};
