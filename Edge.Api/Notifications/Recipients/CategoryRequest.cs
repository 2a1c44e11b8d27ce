using System.Globalization;
using FluentValidation;
using FluentValidation.Results;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>What is to hold for a category. What is left out does not hold.</summary>
internal sealed class CategoryRequest
{
    /// <summary>It ignores preferences, quiet hours, digests and throttles.</summary>
    public bool? IsCritical { get; init; }

    /// <summary>The channels it goes over where a call names none; left out, all that a recipient can be reached by.</summary>
    public IReadOnlyList<string?>? Channels { get; init; }

    /// <summary>By channel, * for all others, whether those get it who have chosen nothing.</summary>
    public IReadOnlyDictionary<string, bool>? Preferences { get; init; }

    /// <summary>An ordered list of channels of which one is enough.</summary>
    public FallbackRequest? Fallback { get; init; }

    /// <summary>How several are gathered into one.</summary>
    public DigestRequest? Digest { get; init; }

    /// <summary>By channel, how many a recipient gets in how many seconds.</summary>
    public IReadOnlyDictionary<string, ThrottleRequest?>? Throttle { get; init; }

    /// <summary>As it is stored.</summary>
    public CategorySettings ToSettings(string name) => new(
        name,
        IsCritical ?? false,
        Channels?.Select(channel => channel!).ToList(),
        Preferences,
        Fallback is null ? null : new([.. Fallback.Channels!.Select(channel => channel!)], Fallback.AfterMinutes),
        Digest?.ToSettings(),
        Throttle?.ToDictionary(
            channel => channel.Key, channel => new ThrottleSettings(channel.Value!.Count!.Value, channel.Value.Seconds!.Value)));
}

/// <summary>Which channel is next when one fails.</summary>
internal sealed class FallbackRequest
{
    public IReadOnlyList<string?>? Channels { get; init; }

    /// <summary>The next one goes too when the one before was not delivered for so long; left out, only when it failed for good.</summary>
    public int? AfterMinutes { get; init; }
}

/// <summary>How several notifications are gathered into one.</summary>
internal sealed class DigestRequest
{
    /// <summary>fixed (minutes after the first), sliding (minutes after the last, maxMinutes after the first) or daily (at).</summary>
    public string? Mode { get; init; }

    public int? Minutes { get; init; }

    public int? MaxMinutes { get; init; }

    /// <summary>A time of the day in the recipient's zone, such as 08:00.</summary>
    public string? At { get; init; }

    /// <summary>As it is stored; it was validated.</summary>
    public DigestSettings ToSettings() => new(Enum.Parse<DigestMode>(Mode!, ignoreCase: true), Minutes, MaxMinutes, Minute.Parse(At));
}

/// <summary>How many a recipient gets.</summary>
internal sealed class ThrottleRequest
{
    public int? Count { get; init; }

    public int? Seconds { get; init; }
}

internal sealed class CategoryValidator : Validator<CategoryRequest>
{
    private const int MaxMinutes = 7 * 24 * 60;

    private static readonly string[] Modes = ["fixed", "sliding", "daily"];

    public CategoryValidator()
    {
        RuleFor(category => category.Channels).Must(channels => channels is null or { Count: > 0 }).WithMessage("It must name a channel.");
        RuleFor(category => category.Channels).ChannelNames();
        RuleFor(category => category.Preferences).ChannelKeys(isAnyAllowed: true);
        RuleFor(category => category.Throttle).ChannelKeys();
        RuleForEach(category => category.Throttle).Custom((entry, context) =>
        {
            if (entry.Value?.Count is not (>= 1 and <= 100_000))
                context.AddFailure(new ValidationFailure($"Throttle.{StorableText.Cut(entry.Key, 50)}.Count", "It must be 1 to 100000."));
            if (entry.Value?.Seconds is not (>= 1 and <= 2_592_000))
                context.AddFailure(new ValidationFailure($"Throttle.{StorableText.Cut(entry.Key, 50)}.Seconds", "It must be 1 to 2592000."));
        });
        When(category => category.Fallback is not null, () =>
        {
            RuleFor(category => category.Fallback!.Channels).NotEmpty();
            RuleFor(category => category.Fallback!.Channels).ChannelNames();
            RuleFor(category => category.Fallback!.AfterMinutes).InclusiveBetween(1, MaxMinutes);
        });
        When(category => category.Digest is not null, () =>
        {
            RuleFor(category => category.Digest!.Mode).OneOf(Modes);
            RuleFor(category => category.Digest!.Minutes).InclusiveBetween(1, MaxMinutes);
            RuleFor(category => category.Digest!.Minutes)
                .Must((category, minutes) => (minutes is not null) == (category.Digest!.Mode is "fixed" or "sliding"))
                .When(category => Modes.Contains(category.Digest!.Mode))
                .WithMessage("It belongs to fixed and sliding, which must have it.");
            RuleFor(category => category.Digest!.MaxMinutes).InclusiveBetween(1, MaxMinutes);
            RuleFor(category => category.Digest!.MaxMinutes)
                .Must((category, most) => category.Digest!.Mode == "sliding" ? most >= category.Digest.Minutes : most is null)
                .When(category => Modes.Contains(category.Digest!.Mode))
                .WithMessage("It belongs to sliding, which must have it, and is not less than minutes.");
            RuleFor(category => category.Digest!.At)
                .Must((category, at) => category.Digest!.Mode == "daily" ? Minute.Parse(at) is not null : at is null)
                .When(category => Modes.Contains(category.Digest!.Mode))
                .WithMessage("It belongs to daily, which must have it: a time such as 08:00.");
        });
    }
}

internal static class ChannelRules
{
    private static readonly string Message = $"It must be one of {string.Join(", ", Channels.Names)}.";

    /// <summary>Names of channels, none of them twice.</summary>
    public static void ChannelNames<T>(this IRuleBuilder<T, IReadOnlyList<string?>?> rule) => rule.Custom((channels, context) =>
    {
        for (var index = 0; index < Math.Min(channels?.Count ?? 0, Channels.Names.Count + 1); index++)
        {
            if (!Channels.Names.Contains(channels![index]))
                context.AddFailure($"{context.PropertyPath}[{index}]", Message);
            else if (channels.Take(index).Contains(channels[index]))
                context.AddFailure($"{context.PropertyPath}[{index}]", "It is there already.");
        }
    });

    /// <summary>What belongs to channels, by their names.</summary>
    public static void ChannelKeys<T, TValue>(
        this IRuleBuilder<T, IReadOnlyDictionary<string, TValue>?> rule, bool isAnyAllowed = false) => rule.Custom((values, context) =>
    {
        foreach (var key in (values?.Keys ?? []).Take(Channels.Names.Count + 2))
        {
            if (!Channels.Names.Contains(key) && !(isAnyAllowed && key == PreferenceSet.Any))
                context.AddFailure(
                    $"{context.PropertyPath}.{StorableText.Cut(key, 50)}",
                    isAnyAllowed ? $"{Message[..^1]}, or {PreferenceSet.Any}." : Message);
        }
    });
}

/// <summary>A time of the day as requests write it.</summary>
internal static class Minute
{
    /// <summary>The time; null if it is none.</summary>
    public static TimeOnly? Parse(string? text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
