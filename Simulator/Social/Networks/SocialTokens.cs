using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Simulator.Social;

/// <summary>What is wrong with a token.</summary>
internal enum TokenFault
{
    None,
    Unknown,
    Expired,
    Revoked,
}

/// <summary>What a token stands for.</summary>
/// <param name="Kind">access, refresh, page, …</param>
/// <param name="Account">Whose.</param>
/// <param name="Scope">What it allows, as it was asked for.</param>
/// <param name="IssuedAt">When it was given out.</param>
/// <param name="Grant">The authorization that it is of.</param>
/// <param name="Number">Of refresh tokens that are good for once, which of them.</param>
internal sealed record SocialGrant(string Kind, SocialAccount Account, string Scope, DateTimeOffset IssuedAt, string Grant, int Number)
{
    private static readonly char[] Separators = [' ', ','];

    public bool Allows(string scope) => Scope.Split(Separators).Contains(scope);
}

/// <summary>
/// The tokens of a platform: JWTs (RFC 7519), since those of Bluesky are and programs read when they end; to the others' programs they are
/// letters. They are signed and not stored, so they outlive the process.
/// </summary>
internal sealed class SocialTokens(SocialNetwork network)
{
    public const string Access = "access";
    public const string Refresh = "refresh";

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"at+jwt"}"""u8);
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes($"tokens of {network.Name} {network.ClientSecret}"));
    private DateTimeOffset _expiredBefore = DateTimeOffset.MinValue;

    /// <summary>Makes every access token given out so far worthless; refresh tokens stay good.</summary>
    public void ExpireAll() => _expiredBefore = network.Now;

    public string NewGrant() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <param name="kind">What it is for.</param>
    /// <param name="account">Whose.</param>
    /// <param name="scope">What it allows.</param>
    /// <param name="grant">The authorization that it is of.</param>
    /// <param name="life">How long it is good; null for ever.</param>
    /// <param name="number">Of refresh tokens that are good for once, which of them.</param>
    public string Issue(string kind, SocialAccount account, string scope, string grant, TimeSpan? life, int number = 0)
    {
        var now = network.Now;
        var claims = new JsonObject
        {
            ["scope"] = scope,
            ["sub"] = network.Name == "bluesky" ? account.Id : account.Handle,
            ["kind"] = kind,
            ["name"] = account.Handle,
            ["grant"] = grant,
            ["number"] = number,
            ["revocations"] = account.Revocations,
            ["ms"] = now.ToUnixTimeMilliseconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
        };
        if (life is { } span)
        {
            claims["exp"] = (now + span).ToUnixTimeSeconds();
        }

        var signed = $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Sign(signed)}";
    }

    /// <summary>Reads a token of a kind.</summary>
    /// <returns>What it stands for; null with what is wrong with it.</returns>
    public SocialGrant? Read(string? token, string kind, out TokenFault fault)
    {
        fault = TokenFault.Unknown;
        if (token?.Split('.') is not [var header, var payload, var signature] || !IsSigned($"{header}.{payload}", signature))
        {
            return null;
        }

        var claims = JsonElement.Parse(Base64Url.DecodeFromChars(payload));
        if (claims.GetProperty("kind").GetString() != kind)
        {
            return null;
        }

        var account = network.Accounts.Of(claims.GetProperty("name").GetString()!);
        var issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(claims.GetProperty("ms").GetInt64());
        var grant = claims.GetProperty("grant").GetString()!;
        fault = claims.GetProperty("revocations").GetInt32() != account.Revocations || account.HasEnded(grant) ? TokenFault.Revoked
            : claims.TryGetProperty("exp", out var until) && until.GetInt64() <= network.Now.ToUnixTimeSeconds() ? TokenFault.Expired
            : kind == Access && issuedAt < _expiredBefore ? TokenFault.Expired
            : TokenFault.None;
        return fault == TokenFault.None
            ? new SocialGrant(
                kind, account, claims.GetProperty("scope").GetString()!, issuedAt, grant, claims.GetProperty("number").GetInt32())
            : null;
    }

    /// <summary>Ends the authorization that a token of either kind is of; false when it is none.</summary>
    public bool End(string? token)
    {
        var grant = Read(token, Refresh, out _) ?? Read(token, Access, out _);
        grant?.Account.End(grant.Grant);
        return grant is not null;
    }

    /// <summary>The token of a request: <c>Authorization: Bearer</c>, or what else the platform takes it from.</summary>
    public static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : null;

    /// <summary>A text that only this platform can have made, such as the secret of an application that registered itself.</summary>
    public string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    private bool IsSigned(string text, string signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Sign(text)), Encoding.ASCII.GetBytes(signature));

    /// <summary>How long an access token lasts: the platform's own, or as the settings say.</summary>
    public TimeSpan Life(TimeSpan own) => network.Settings.TokenSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : own;

    /// <summary>A number of seconds as answers have it.</summary>
    public static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
