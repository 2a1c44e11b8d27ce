using System.Text.Json.Serialization;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What the token endpoint gives for a code (RFC 6749, 5.1).</summary>
internal sealed record GraphGrant(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken);

/// <summary>What it says when it gives nothing (RFC 6749, 5.2).</summary>
internal sealed record GraphTokenError(
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("error_description")] string? Description);

/// <summary>Whose token it is (Graph: Get a user).</summary>
internal sealed record GraphOwner(
    [property: JsonPropertyName("mail")] string? Mail,
    [property: JsonPropertyName("userPrincipalName")] string? UserPrincipalName)
{
    // RFC 5321, 4.5.3.1
    private const int MaxAddress = 320;

    /// <summary>The mailbox's address, in lower case; null when there is none.</summary>
    public string? Address => (Mail ?? UserPrincipalName)?.Trim().ToLowerInvariant() is { Length: > 0 and <= MaxAddress } address
        && address.Contains('@', StringComparison.Ordinal) && !address.Any(char.IsControl)
            ? address
            : null;

    /// <summary>Whether it is the mailbox of that address, by whichever of its names.</summary>
    public bool Is(string address) =>
        string.Equals(Mail?.Trim(), address, StringComparison.OrdinalIgnoreCase)
        || string.Equals(UserPrincipalName?.Trim(), address, StringComparison.OrdinalIgnoreCase);
}

[JsonSerializable(typeof(GraphGrant))]
[JsonSerializable(typeof(GraphTokenError))]
[JsonSerializable(typeof(GraphOwner))]
internal sealed partial class GraphJson : JsonSerializerContext;
