using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>The six digits that a number is verified by, and what a try of them comes to.</summary>
internal static class VerificationCode
{
    public const int Digits = 6;

    /// <summary>Wrong tries of the codes of a number, whoever makes them; after the last the code is void and the number pauses.</summary>
    public const int MaxTries = 5;

    /// <summary>How long a code is taken.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long no code is taken or sent after the last wrong try: longer than any code that is open then.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    /// <summary>A new one.</summary>
    public static string New() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Whether it could be one.</summary>
    public static bool IsWellFormed(string? code) => code?.Length == Digits && !code.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>What a try comes to.</summary>
    /// <param name="number">The number, locked: tries of it come one after the other.</param>
    /// <param name="tried">What was given.</param>
    /// <param name="now">The time.</param>
    public static CodeCheck Try(PendingVerification number, string tried, DateTimeOffset now) => number switch
    {
        { VerifiedAt: not null } => CodeCheck.VerifiedBefore,
        { PausedUntil: { } until } when until > now => CodeCheck.Paused,
        { Code: null } or { CodeExpiresAt: null } => CodeCheck.NoCode,
        { CodeExpiresAt: { } end } when end <= now => CodeCheck.NoCode,
        _ when AreEqual(number.Code, tried) => CodeCheck.Right,
        _ when number.WrongTries + 1 >= MaxTries => CodeCheck.WrongForTheLastTime,
        _ => CodeCheck.Wrong,
    };

    private static bool AreEqual(string code, string tried) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(tried));
}

/// <summary>What a try of a code comes to.</summary>
internal enum CodeCheck
{
    /// <summary>The number is verified now.</summary>
    Right,

    /// <summary>It was verified already; whatever was given.</summary>
    VerifiedBefore,

    /// <summary>It may be tried again.</summary>
    Wrong,

    /// <summary>The code is void and the number pauses.</summary>
    WrongForTheLastTime,

    /// <summary>The number pauses.</summary>
    Paused,

    /// <summary>None was made, it is over, or it is void.</summary>
    NoCode,
}
