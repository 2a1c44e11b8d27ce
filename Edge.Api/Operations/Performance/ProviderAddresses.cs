using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>Where the providers of texts are, so that connections to them can be told by name.</summary>
internal sealed class ProviderAddresses
{
    [ConfigurationKeyName("Twilio:ApiBaseUrl")]
    [Required]
    public Uri Twilio { get; set; } = new("https://api.twilio.com");

    [ConfigurationKeyName("Speech:BaseUrl")]
    [Required]
    public Uri Speech { get; set; } = new("https://speech.googleapis.com");

    /// <summary>The providers at a host as connections name it; on a developer's machine one may stand in for both.</summary>
    public IReadOnlyList<string> At(string host)
    {
        (string Name, Uri Address)[] providers = [("twilio", Twilio), ("speech", Speech)];
        return [.. providers.Where(provider => HostOf(provider.Address) == host).Select(provider => provider.Name)];
    }

    private static string HostOf(Uri address) => address.IsDefaultPort ? address.Host : $"{address.Host}:{address.Port}";
}
