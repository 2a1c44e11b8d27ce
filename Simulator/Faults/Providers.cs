namespace Switchboard.Simulator.Faults;

/// <summary>The providers that can be made to fail, and which paths are theirs.</summary>
internal static class Providers
{
    public const string Gmail = "gmail";
    public const string GoogleOAuth = "google-oauth";
    public const string WhatsApp = "whatsapp";
    public const string Graph = "graph";
    public const string Entra = "microsoft";

    public static IReadOnlyList<string> All { get; } = [Gmail, GoogleOAuth, WhatsApp, Graph, Entra];

    public static string? Of(PathString path) =>
        path.StartsWithSegments("/whatsapp") ? WhatsApp
        : path.StartsWithSegments("/gmail/oauth") ? GoogleOAuth
        : path.StartsWithSegments("/gmail") ? Gmail
        : path.StartsWithSegments("/graph") ? Graph
        : path.StartsWithSegments("/microsoft") ? Entra
        : null;
}
