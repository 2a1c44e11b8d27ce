using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Entra;

/// <summary>What the token endpoint answers.</summary>
internal sealed record EntraTokens(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("scope")] string Scope,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null)
{
    [JsonPropertyName("ext_expires_in")]
    public int ExtExpiresIn => ExpiresIn;

    [JsonPropertyName("token_type")]
    public string TokenType => "Bearer";
}

/// <summary>What <c>.well-known/openid-configuration</c> tells, as far as there is it here.</summary>
internal sealed record EntraMetadata(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("authorization_endpoint")] string AuthorizationEndpoint,
    [property: JsonPropertyName("token_endpoint")] string TokenEndpoint)
{
    [JsonPropertyName("response_types_supported")]
    public IReadOnlyList<string> ResponseTypes => ["code"];

    [JsonPropertyName("code_challenge_methods_supported")]
    public IReadOnlyList<string> ChallengeMethods => ["S256"];
}
