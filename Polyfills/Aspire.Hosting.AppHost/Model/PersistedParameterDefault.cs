using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A default that is made once and then kept, so that the data it locks stays readable in the next run.</summary>
internal sealed class PersistedParameterDefault(string parameterName, ParameterDefault inner, IConfiguration configuration, Run.SecretStore secrets)
    : ParameterDefault
{
    public override string GetDefaultValue()
    {
        var key = $"Parameters:{parameterName}";
        return configuration[key] ?? secrets.GetOrAdd(key, inner.GetDefaultValue);
    }

    public override void WriteToManifest(ManifestPublishingContext context) => inner.WriteToManifest(context);
}
