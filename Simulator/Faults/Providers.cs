namespace Switchboard.Simulator.Faults;

/// <summary>The providers that can be made to fail, and which paths are theirs.</summary>
internal static class Providers
{
    public const string Gmail = "gmail";
    public const string GoogleOAuth = "google-oauth";
    public const string WhatsApp = "whatsapp";
    public const string Twilio = "twilio";

    /// <summary>Where Twilio's API has files; not the host that it redirects to, so that a fault strikes a download once.</summary>
    public const string TwilioMedia = "twilio-media";

    public const string Speech = "speech";
    public const string Graph = "graph";
    public const string Entra = "microsoft";

    private const string Cdn = "twilio-cdn";

    public static IReadOnlyList<string> All { get; } = [Gmail, GoogleOAuth, WhatsApp, Twilio, TwilioMedia, Speech, Graph, Entra];

    /// <summary>Whose codes are numbers.</summary>
    public static bool HasNumbers(string? provider) => provider is WhatsApp or Twilio or TwilioMedia;

    public static string? Of(PathString path) =>
        path.StartsWithSegments("/whatsapp") ? WhatsApp
        : path.StartsWithSegments("/gmail/oauth") ? GoogleOAuth
        : path.StartsWithSegments("/gmail") ? Gmail
        : path.StartsWithSegments("/twilio/cdn") ? Cdn
        : path.StartsWithSegments("/twilio") ? path.Value!.Contains("/Media/", StringComparison.Ordinal) ? TwilioMedia : Twilio
        : path.StartsWithSegments("/speech") ? Speech
        : path.StartsWithSegments("/graph") ? Graph
        : path.StartsWithSegments("/microsoft") ? Entra
        : null;
}
