using System.Text.RegularExpressions;
using FluentValidation;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Rules;

/// <summary>Conditions on the sender as they are written: any list may be left out.</summary>
internal sealed class SenderConditions
{
    public IReadOnlyList<string?>? Addresses { get; init; }

    public IReadOnlyList<string?>? Domains { get; init; }

    public IReadOnlyList<string?>? Wildcards { get; init; }

    public IReadOnlyList<string?>? Exclusions { get; init; }

    /// <summary>Whether any sender could match; exclusions alone match nobody.</summary>
    internal bool HasConditions => Addresses is { Count: > 0 } || Domains is { Count: > 0 } || Wildcards is { Count: > 0 };

    internal SenderRules ToRules() => new(
        Phrases.Normal(Addresses), Phrases.Normal(Domains, domain => domain.TrimStart('@').Trim('.')), Phrases.Normal(Wildcards),
        Phrases.Normal(Exclusions));
}

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
        RuleFor(sender => sender.Addresses).ListOf(MaxEntries, MaxAddress, AddressError);
        RuleFor(sender => sender.Domains).ListOf(MaxEntries, MaxDomain, DomainError);
        RuleFor(sender => sender.Wildcards).ListOf(MaxEntries, MaxAddress, PatternError);
        RuleFor(sender => sender.Exclusions).ListOf(MaxEntries, MaxAddress, ExclusionError);
    }

    private static string? AddressError(string entry) =>
        IsAddress(entry) ? null : "It must be an address, such as billing@acme.test, or a phone number in E.164, such as +15550100001.";

    private static string? DomainError(string entry) =>
        Domain().IsMatch(entry) ? null : "It must be a domain, such as acme.test.";

    private static string? PatternError(string entry) => entry switch
    {
        _ when entry.AsSpan().ContainsAny(' ', '\t', '\n') => "It must not contain white space.",
        _ when !entry.AsSpan().ContainsAny('*', '?') => "It must contain * or ?; without, it is an address or a number.",
        _ when entry.AsSpan().Count('*') > MaxStars => $"It has more than {MaxStars} stars.",
        _ => null,
    };

    private static string? ExclusionError(string entry) =>
        entry.AsSpan().ContainsAny('*', '?') ? PatternError(entry)
        : IsAddress(entry) || Domain().IsMatch(entry) ? null
        : "It must be an address, a phone number in E.164, a domain or a pattern.";

    private static bool IsAddress(string entry) => Address().IsMatch(entry) || PhoneNumber.IsE164(entry);

    [GeneratedRegex(@"\A[^@\s]+@[^@\s]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"\A@?[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Domain();
}

/// <summary>Conditions on the content as they are written: anything may be left out.</summary>
internal sealed class ContentConditions
{
    public IReadOnlyList<string?>? AnyOf { get; init; }

    public IReadOnlyList<string?>? AllOf { get; init; }

    public IReadOnlyList<string?>? NoneOf { get; init; }

    public ContentScope? Scope { get; init; }

    public bool? HasAttachment { get; init; }

    /// <summary>What of the text of a mail counts and is shown: <c>newText</c> (if left out), without quoted history and signature, or
    /// <c>everything</c>. Of either the first 65,536 characters are read.</summary>
    public ContentInclude? Include { get; init; }

    internal bool HasConditions =>
        AnyOf is { Count: > 0 } || AllOf is { Count: > 0 } || NoneOf is { Count: > 0 } || HasAttachment is not null;

    internal ContentRules ToRules() => new(
        Phrases.Normal(AnyOf), Phrases.Normal(AllOf), Phrases.Normal(NoneOf), Scope ?? ContentScope.Both, HasAttachment,
        Include ?? ContentInclude.NewText);
}

/// <summary>What conditions on the content must be.</summary>
internal sealed class ContentConditionsValidator : AbstractValidator<ContentConditions>
{
    private const int MaxEntries = 100;
    private const int MaxPhrase = 200;

    public ContentConditionsValidator()
    {
        RuleFor(content => content.AnyOf).ListOf(MaxEntries, MaxPhrase);
        RuleFor(content => content.AllOf).ListOf(MaxEntries, MaxPhrase);
        RuleFor(content => content.NoneOf).ListOf(MaxEntries, MaxPhrase);
    }
}

/// <summary>The entries of a condition as they are stored and looked for.</summary>
internal static class Phrases
{
    /// <summary>Lower case, composed, without white space around it: matching ignores case and Unicode form, and so does the search for
    /// rules by an entry.</summary>
    public static string Normal(string entry) => FoldedText.Composed(entry.Trim().ToLowerInvariant());

    /// <summary>The same for a list, each entry once.</summary>
    public static IReadOnlyList<string> Normal(IReadOnlyList<string?>? entries, Func<string, string>? also = null) =>
        entries is null
            ? []
            : [.. entries.Select(entry => Normal(entry!)).Select(also ?? (entry => entry)).Distinct(StringComparer.Ordinal)];
}
