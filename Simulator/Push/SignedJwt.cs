using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Switchboard.Simulator.Push;

/// <summary>A JWT in its compact form (RFC 7515, 7.1), read without believing it.</summary>
internal sealed class SignedJwt
{
    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly JsonElement _header;
    private readonly JsonElement _claims;

    private SignedJwt(byte[] signed, byte[] signature, JsonElement header, JsonElement claims)
    {
        (_signed, _signature, _header, _claims) = (signed, signature, header, claims);
    }

    public string? Algorithm => Text(_header, "alg");

    public string? KeyId => Text(_header, "kid");

    /// <summary>Reads one; null when it is none.</summary>
    public static SignedJwt? Read(string? text)
    {
        if (text?.Split('.') is not [var header, var claims, var signature])
        {
            return null;
        }

        try
        {
            return new SignedJwt(
                Encoding.ASCII.GetBytes($"{header}.{claims}"), Base64Url.DecodeFromChars(signature), Json(header), Json(claims));
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    public string? Claim(string name) => Text(_claims, name);

    /// <summary>A claim that is a time, in seconds since 1970.</summary>
    public DateTimeOffset? Time(string name) =>
        _claims.TryGetProperty(name, out var value) && value.TryGetInt64(out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    public bool IsSignedBy(RSA key) =>
        Algorithm == "RS256" && key.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public bool IsSignedBy(ECDsa key) =>
        Algorithm == "ES256" && key.VerifyData(_signed, _signature, HashAlgorithmName.SHA256);

    private static JsonElement Json(string part) => JsonElement.Parse(Base64Url.DecodeFromChars(part));

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
