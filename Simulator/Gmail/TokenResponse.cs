using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Gmail;

/// <summary>What the token endpoint answers.</summary>
internal sealed record TokenResponse(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null)
{
    [JsonPropertyName("scope")]
    public string Scope => "https://www.googleapis.com/auth/gmail.readonly";

    [JsonPropertyName("token_type")]
    public string TokenType => "Bearer";
}
