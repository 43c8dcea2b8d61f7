namespace Heliograph.Sharing.Languages;

internal static class Spanish
{
    public static ShareTexts Texts { get; } = new()
    {
        Code = "es",
        Title = "Signal a través de un proxy",
        Purpose =
            "Con este enlace, Signal funciona aunque esté bloqueado. " +
            "Tus mensajes siguen cifrados: quien mantiene el proxy no puede leerlos.",
        Tap = "Ábrelo en el teléfono donde tienes Signal y toca «Usar proxy»:",
        Scan =
            "Apunta a este código con la cámara del teléfono donde tienes Signal, o abre el enlace de abajo, " +
            "y toca «Usar proxy».",
        ByHand =
            "Si en lugar de Signal se abre una página web (quizá porque Signal no viene de una tienda de aplicaciones), " +
            "escribe tú esta dirección en Signal:",
        Android = "Android: Ajustes → Datos y almacenamiento → Usar proxy",
        Phone = "iPhone: Ajustes → Uso de datos → Proxy",
        Works = "Cuando Signal diga que se ha conectado al proxy, ya está. Escribe como siempre.",
        Limits = "Las llamadas no pasan por el proxy, y la versión de escritorio de Signal no puede usarlo.",
        DeleteMessage =
            "Da el enlace solo a personas de confianza, no lo publiques nunca " +
            "y borra este mensaje cuando todo funcione.",
        DestroyPage =
            "Quien vea este código puede usar el proxy, y también hacer que lo bloqueen. " +
            "Enséñalo solo a personas de confianza y después destruye esta hoja.",
    };
}
