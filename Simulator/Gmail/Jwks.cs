namespace Switchboard.Simulator.Gmail;

/// <summary>A set of public keys (RFC 7517).</summary>
internal sealed record Jwks(IReadOnlyList<Jwk> Keys);

/// <summary>One of them.</summary>
internal sealed record Jwk(string Kty, string Alg, string Use, string Kid, string N, string E);

/// <summary>The header of a signed token.</summary>
internal sealed record JwtHeader(string Alg, string Kid, string Typ);

/// <summary>The claims of a push: what Pub/Sub signs with the account that the subscription names.</summary>
internal sealed record JwtClaims(string Aud, string Email, long Exp, long Iat)
{
    public string Azp => "105550000000000000000";

    [System.Text.Json.Serialization.JsonPropertyName("email_verified")]
    public bool EmailVerified => true;

    public string Iss => "https://accounts.google.com";

    public string Sub => Azp;
}
