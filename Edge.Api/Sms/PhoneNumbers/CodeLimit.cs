using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>How many codes are sent; section <c>PhoneCodes</c>.</summary>
internal sealed class CodeLimitOptions : IValidatableObject
{
    public const string Section = "PhoneCodes";

    private const int MostPerCountry = 10_000_000;

    /// <summary>To one number, by all users together.</summary>
    [Range(1, 1_000)]
    public int PerNumberPerDay { get; init; } = 10;

    /// <summary>That one user asks for, for whatever numbers.</summary>
    [Range(1, 100_000)]
    public int PerUserPerDay { get; init; } = 30;

    /// <summary>To all numbers of one country: what somebody who is paid for each SMS to it can cost.</summary>
    [Range(0, MostPerCountry)]
    public int PerCountryPerDay { get; init; } = 5_000;

    /// <summary>Countries with another limit, by their two letters (ISO 3166): <c>PhoneCodes:Countries:GB=100</c>; 0 for none.</summary>
    public Dictionary<string, int> Countries { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(System.ComponentModel.DataAnnotations.ValidationContext validationContext) =>
        from country in Countries
        where country.Key.Length != 2 || country.Value is < 0 or > MostPerCountry
        select new ValidationResult(
            $"PhoneCodes:Countries:{country.Key}: it must be the two letters of a country with a limit from 0 to {MostPerCountry}.",
            [nameof(Countries)]);
}

/// <summary>
/// How often codes are sent, by all users together: nobody's phone is to be filled by others, no code to be found by trying one after the
/// other, and no SMS to be sent for what it earns somebody.
/// </summary>
internal sealed class CodeLimit(SlidingWindowLimiter limiter, IOptions<CodeLimitOptions> options)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Counts a code that is about to be sent; or says why none is, and until when.</summary>
    public async Task<CodeRefusal?> TakeAsync(string number, Guid userId, CancellationToken cancellationToken)
    {
        var (limits, contact) = (options.Value, PhoneNumber.ContactOf(number) ?? number);
        var country = PhoneNumber.CountryOf(number);
        var ofCountry = country is not null && limits.Countries.TryGetValue(country, out var own) ? own : limits.PerCountryPerDay;
        if (ofCountry == 0)
            return new(Day, $"No codes are sent to numbers of {country}.");

        // the narrowest first: what is refused to one user or number takes nothing from a country
        foreach (var (key, limit, reason) in ((string, RateLimit, string)[])
            [
                ($"codes-of-user:{userId}", new(limits.PerUserPerDay, Day), $"A user gets {limits.PerUserPerDay} codes a day."),
                ($"verification-code:{contact}", new(1, TimeSpan.FromSeconds(30)), "A number gets one code in 30 seconds."),
                ($"verification-code:{contact}", new(5, TimeSpan.FromHours(1)), "A number gets 5 codes in an hour."),
                ($"verification-code:{contact}", new(limits.PerNumberPerDay, Day), $"A number gets {limits.PerNumberPerDay} codes a day."),
                ($"codes-to-country:{country}", new(ofCountry, Day), $"Numbers of {country ?? "no country"} get {ofCountry} codes a day."),
            ])
        {
            var permit = await limiter.AcquireAsync(key, limit, 1, cancellationToken);
            if (!permit.IsAllowed)
                return new(permit.RetryAfter, reason);
        }

        return null;
    }
}

/// <summary>That no code is sent now.</summary>
/// <param name="RetryAfter">After which time one may be.</param>
/// <param name="Reason">Which limit is reached.</param>
internal sealed record CodeRefusal(TimeSpan RetryAfter, string Reason);
