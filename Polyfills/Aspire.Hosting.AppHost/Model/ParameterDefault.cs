using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a parameter is when nobody says otherwise.</summary>
public abstract class ParameterDefault
{
    /// <summary>Writes how a deployment makes the default.</summary>
    public abstract void WriteToManifest(ManifestPublishingContext context);

    /// <summary>The default in run mode.</summary>
    public abstract string GetDefaultValue();
}
