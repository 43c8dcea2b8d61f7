namespace Heliograph.Configuration;

/// <summary>Turns the joined layers into <see cref="Settings"/>, and collects every error on the way.</summary>
internal static class SettingsReader
{
    /// <summary>Null if there was an error, here or in the layers.</summary>
    public static Settings? Read(LayeredValues values, ConfigurationErrors errors, bool offline)
    {
        var settings = Settings.Default;
        foreach (var key in values.Keys.All)
            settings = key.Read(values, errors, settings);
        settings = Complete(settings, values);
        if (!errors.IsFileIncomplete)
            new SettingsCheck(settings, values, errors, offline).Run();
        return errors.Any ? null : settings;
    }

    /// <summary>What keys mean for each other.</summary>
    private static Settings Complete(Settings settings, LayeredValues values)
    {
        // Naming a file means that it is to be used.
        var usesFiles = !values.IsGiven(Keys.CertificateSource) && settings.Certificate is not { Chain: null, Key: null };
        return settings with
        {
            Certificate = usesFiles ? settings.Certificate with { Source = CertificateOrigin.Files } : settings.Certificate,
            Decoy = settings.Decoy.Upstream is null ? settings.Decoy with { UpstreamH2 = null } : settings.Decoy,
            IsMetricsListenDefault = !values.IsGiven(Keys.MetricsListen),
        };
    }
}
