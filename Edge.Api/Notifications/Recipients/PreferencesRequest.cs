using FluentValidation;
using FluentValidation.Results;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>What is wanted, in place of what was; for what is left out the defaults of the category and of the user hold.</summary>
internal sealed class PreferencesRequest
{
    /// <summary>By category and channel whether it is wanted; * is every category, or every channel.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>?>? Preferences { get; init; }

    /// <summary>When nothing is to come, in the recipient's zone; an empty list for never, whatever the user's default says.</summary>
    public IReadOnlyList<QuietWindowRequest?>? QuietHours { get; init; }

    /// <summary>The recipient's zone, by IANA's name; left out it stays as it is.</summary>
    public string? TimeZone { get; init; }

    /// <summary>As it is stored.</summary>
    public PreferenceSet ToSet() => new(
        (Preferences ?? new Dictionary<string, IReadOnlyDictionary<string, bool>?>())
            .Where(category => category.Value is { Count: > 0 }).ToDictionary(category => category.Key, category => category.Value!),
        QuietHours?.Select(window => window!.ToWindow()).ToList());
}

/// <summary>A time of the day in which nothing is to come.</summary>
internal sealed class QuietWindowRequest
{
    /// <summary>The days on which it begins, 1 for Monday to 7 for Sunday; left out, every day.</summary>
    public IReadOnlyList<int>? Days { get; init; }

    /// <summary>When it begins, such as 22:00.</summary>
    public string? From { get; init; }

    /// <summary>When it ends: on the next day if that is not after its begin.</summary>
    public string? To { get; init; }

    /// <summary>As it is stored; it was validated.</summary>
    public QuietWindow ToWindow() =>
        new([.. (Days ?? [1, 2, 3, 4, 5, 6, 7]).Distinct().Order()], Minute.Parse(From)!.Value, Minute.Parse(To)!.Value);
}

/// <summary>What of it does not depend on which categories there are.</summary>
internal sealed class PreferencesValidator : Validator<PreferencesRequest>
{
    private const int MaxWindows = 20;

    public PreferencesValidator()
    {
        RuleForEach(request => request.Preferences).Custom((category, context) =>
        {
            foreach (var channel in (category.Value?.Keys ?? []).Where(channel => channel != PreferenceSet.Any).Take(JsonErrors.Most))
            {
                if (!Channels.Names.Contains(channel))
                    context.AddFailure(new ValidationFailure(
                        $"Preferences.{StorableText.Cut(category.Key, 50)}.{StorableText.Cut(channel, 50)}",
                        $"It must be one of {string.Join(", ", Channels.Names)}, or {PreferenceSet.Any}."));
            }
        });
        RuleFor(request => request.QuietHours)
            .Must(windows => windows is not { Count: > MaxWindows }).WithMessage($"It has more than {MaxWindows} entries.");
        RuleForEach(request => request.QuietHours).Custom((window, context) =>
        {
            if (window?.Days is { } days && (days.Count is 0 or > 7 || days.Any(day => day is < 1 or > 7)))
                context.AddFailure("Days", "It must be days from 1 for Monday to 7 for Sunday.");
            if (Minute.Parse(window?.From) is null)
                context.AddFailure("From", "It must be a time of the day such as 22:00.");
            if (Minute.Parse(window?.To) is null)
                context.AddFailure("To", "It must be a time of the day such as 07:00.");
        });
        RuleFor(request => request.QuietHours)
            .Must(windows => !QuietHours.LeaveNothing([.. windows!.Select(window => window!.ToWindow())]))
            .When(request => request.QuietHours is { Count: > 0 and <= MaxWindows } windows && windows.All(IsRead))
            .WithMessage("It leaves nothing of a week: to turn everything off, set preferences.");
        RuleFor(request => request.TimeZone)
            .Must(zone => LocalTimes.FindZone(zone) is not null).When(request => request.TimeZone is not null)
            .WithMessage(RecipientRules.NoZone);
    }

    private static bool IsRead(QuietWindowRequest? window) =>
        Minute.Parse(window?.From) is not null && Minute.Parse(window?.To) is not null
        && window?.Days?.All(day => day is >= 1 and <= 7) != false;
}

/// <summary>What holds for recipients who chose nothing, as the API shows it.</summary>
/// <param name="Preferences">By category and channel whether it is wanted; * is every category, or every channel.</param>
/// <param name="QuietHours">When nothing is to come; null where that was not said.</param>
internal sealed record PreferencesResponse(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Preferences, IReadOnlyList<QuietWindow>? QuietHours)
{
    /// <summary>What was chosen for categories that are there.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Of(
        PreferenceSet set, IReadOnlyCollection<CategorySettings> categories) =>
        set.Choices.Where(choice => choice.Key == PreferenceSet.Any || categories.Any(category => category.Name == choice.Key))
            .ToDictionary(choice => choice.Key, choice => choice.Value);
}

/// <summary>What a recipient wants, as the API shows it.</summary>
/// <param name="Preferences">By category and channel whether it is wanted; * is every category, or every channel.</param>
/// <param name="QuietHours">When nothing is to come; null where that was not said.</param>
/// <param name="TimeZone">The zone of the quiet hours; null for UTC.</param>
internal sealed record RecipientPreferencesResponse(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Preferences, IReadOnlyList<QuietWindow>? QuietHours, string? TimeZone);
