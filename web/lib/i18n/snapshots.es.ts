/** The Spanish texts of the events' pictures. */
export const snapshots = {
  intro: {
    unknown: "El reconocimiento ocurre en este dispositivo y el vídeo no sale de él. De cada cara desconocida se guarda una foto pequeña.",
    everybody: "El reconocimiento ocurre en este dispositivo y el vídeo no sale de él. De cada cara se guarda una foto pequeña.",
  },
  note: {
    unknown: {
      one: "De cada cara desconocida se guarda una foto durante 1 día.",
      other: "De cada cara desconocida se guarda una foto durante {count} días.",
    },
    everybody: {
      one: "De cada cara se guarda una foto durante 1 día.",
      other: "De cada cara se guarda una foto durante {count} días.",
    },
  },
  setting: {
    title: "¿Se guardan fotos de las caras con los eventos?",
    text: "Una foto pequeña, de unos 250 píxeles de lado, de cada cara que comunican la página En vivo o un quiosco. Se guarda en la carpeta de esta aplicación y la ve, en Eventos, quien tiene cuenta aquí. No va al relé, ni a los webhooks, ni al archivo CSV.",
    choices: {
      off: {
        label: "No",
        text: "Ninguna imagen sale del dispositivo. Al guardar esta opción se borran las fotos que haya.",
      },
      unknown: {
        label: "Solo de caras desconocidas",
        text: "Para ver quién estuvo en la puerta sin estar registrado. De quien se reconoce no se guarda ninguna, y las que haya se borran.",
      },
      everybody: {
        label: "De todas las personas",
        text: "También de quien está registrado. Avise donde esté la cámara: una foto es un dato personal, y puede que haga falta su consentimiento.",
      },
    },
    days: "Cada foto se borra a los",
    daysUnit: "días",
    effect: "Se borra sola, como mucho una hora después. Antes se borra si se olvida a la persona, o si alguien la borra desde el evento.",
    invalid: "Escriba un número de 1 a 90.",
  },
  show: "Ver la foto: {name}",
  alt: "Foto de la cara: {name}",
  unknown: "cara desconocida",
  forgotten: "persona olvidada",
  close: "Cerrar",
  remove: "Borrar la foto",
  removing: "Borrando…",
  removeFailed: "No se pudo borrar. Inténtelo de nuevo.",
  gone: "Esta foto ya se ha borrado.",
  removeToo: "Borrar también la foto de este evento",
};
