using System.Text;

namespace Switchboard.Simulator.Control;

/// <summary>The client that calls a token endpoint: in the form, or as HTTP Basic credentials (RFC 6749, 2.3.1).</summary>
internal static class OAuthClient
{
    /// <returns>Its id, and its secret when it sent one.</returns>
    public static (string? Id, string? Secret) Read(string? authorization, IFormCollection form)
    {
        if (authorization is null || !authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return (form["client_id"], (string?)form["client_secret"] is { Length: > 0 } secret ? secret : null);
        }

        var buffer = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..], buffer, out var length))
        {
            return (null, null);
        }

        var parts = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null);
    }
}
