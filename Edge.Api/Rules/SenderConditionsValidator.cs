using System.Text.RegularExpressions;
using FluentValidation;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Rules;

/// <summary>What conditions on the sender must be.</summary>
internal sealed partial class SenderConditionsValidator : AbstractValidator<SenderConditions>
{
    private const int MaxEntries = 100;
    // RFC 5321, 4.5.3.1: 64 before the @, 255 after it
    private const int MaxAddress = 320;
    private const int MaxDomain = 255;
    private const int MaxStars = 8;

    public SenderConditionsValidator()
    {
        RuleFor(sender => sender.Addresses).ListOf(MaxEntries, MaxAddress, AddressMistake);
        RuleFor(sender => sender.Domains).ListOf(MaxEntries, MaxDomain, DomainMistake);
        RuleFor(sender => sender.Wildcards).ListOf(MaxEntries, MaxAddress, PatternMistake);
        RuleFor(sender => sender.Exclusions).ListOf(MaxEntries, MaxAddress, ExclusionMistake);
    }

    private static string? AddressMistake(string entry) =>
        IsAddress(entry) ? null : "It must be an address, such as billing@acme.test, or a phone number in E.164, such as +15550100001.";

    private static string? DomainMistake(string entry) =>
        Domain().IsMatch(entry) ? null : "It must be a domain, such as acme.test.";

    private static string? PatternMistake(string entry) => entry switch
    {
        _ when entry.AsSpan().ContainsAny(' ', '\t', '\n') => "It must not contain white space.",
        _ when !entry.AsSpan().ContainsAny('*', '?') => "It must contain * or ?; without, it is an address or a number.",
        _ when entry.AsSpan().Count('*') > MaxStars => $"It has more than {MaxStars} stars.",
        _ => null,
    };

    private static string? ExclusionMistake(string entry) =>
        entry.AsSpan().ContainsAny('*', '?') ? PatternMistake(entry)
        : IsAddress(entry) || Domain().IsMatch(entry) ? null
        : "It must be an address, a phone number in E.164, a domain or a pattern.";

    private static bool IsAddress(string entry) => Address().IsMatch(entry) || PhoneNumber.IsE164(entry);

    [GeneratedRegex(@"\A[^@\s]+@[^@\s]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"\A@?[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Domain();
}
