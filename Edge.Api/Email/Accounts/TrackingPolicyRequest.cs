using System.Text.RegularExpressions;
using FluentValidation;
using Switchboard.Core.Email;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What is to be tracked, as it is written: all but the mode may be left out.</summary>
internal sealed class TrackingPolicyRequest
{
    /// <summary>all, matching or requested.</summary>
    public TrackingMode? Mode { get; init; }

    /// <summary>For matching: categories of the provider.</summary>
    public IReadOnlyList<string?>? Categories { get; init; }

    /// <summary>For matching: addresses, or patterns such as <c>*@contoso.test</c>.</summary>
    public IReadOnlyList<string?>? Recipients { get; init; }

    /// <summary>For how many days an answer is waited for; left out, 90.</summary>
    public int? WindowDays { get; init; }

    /// <summary>Reminders; left out, none.</summary>
    public FollowUpRequest? FollowUp { get; init; }

    internal TrackingPolicy ToPolicy() => new(
        Mode!.Value, Entries(Categories), Entries(Recipients), WindowDays ?? TrackingPolicy.DefaultWindowDays, FollowUp?.ToFollowUp());

    private static IReadOnlyList<string> Entries(IReadOnlyList<string?>? entries) =>
        [.. (entries ?? []).Select(entry => entry!.Trim()).Distinct()];
}

/// <summary>When and how to be reminded.</summary>
internal sealed class FollowUpRequest
{
    public int? AfterWorkingDays { get; init; }

    /// <summary>Left out, one.</summary>
    public int? MaxReminders { get; init; }

    /// <summary>Whose days, an IANA name; left out, UTC.</summary>
    public string? TimeZone { get; init; }

    public string? Channel { get; init; }

    /// <summary>In the form of the channel.</summary>
    public string? Recipient { get; init; }

    internal FollowUp ToFollowUp() => new(AfterWorkingDays!.Value, MaxReminders ?? 1, TimeZone ?? "UTC", Channel!, Recipient!);
}

/// <summary>What tracking must be.</summary>
internal sealed class TrackingPolicyRequestValidator : AbstractValidator<TrackingPolicyRequest>
{
    private const int MaxEntries = 100;
    private const int MaxEntry = 320;
    private const int MaxWindowDays = 365;

    public TrackingPolicyRequestValidator()
    {
        RuleFor(tracking => tracking.Mode).NotNull().WithMessage("It must be one of all, matching, requested.");
        RuleFor(tracking => tracking.Categories).ListOf(MaxEntries, MaxEntry);
        RuleFor(tracking => tracking.Recipients).ListOf(MaxEntries, MaxEntry, RecipientError);
        RuleFor(tracking => tracking)
            .Must(tracking => tracking.Categories is { Count: > 0 } || tracking.Recipients is { Count: > 0 })
            .When(tracking => tracking.Mode == TrackingMode.Matching)
            .OverridePropertyName("Mode")
            .WithMessage("matching needs at least one entry in categories or recipients.");
        RuleFor(tracking => tracking.WindowDays).InclusiveBetween(1, MaxWindowDays);
        RuleFor(tracking => tracking.FollowUp!).SetValidator(new FollowUpRequestValidator()).When(tracking => tracking.FollowUp is not null);
    }

    private static string? RecipientError(string entry) => entry switch
    {
        _ when entry.Any(char.IsWhiteSpace) => "It must not contain white space.",
        _ when !entry.AsSpan().ContainsAny('@', '*', '?') => "It must be an address, or a pattern such as *@contoso.test.",
        _ => null,
    };
}

/// <summary>What a follow-up must be.</summary>
internal sealed partial class FollowUpRequestValidator : AbstractValidator<FollowUpRequest>
{
    private const int MaxWorkingDays = 60;
    private const int MaxReminders = 10;

    public FollowUpRequestValidator()
    {
        RuleFor(followUp => followUp.AfterWorkingDays).NotNull().InclusiveBetween(1, MaxWorkingDays);
        RuleFor(followUp => followUp.MaxReminders).InclusiveBetween(1, MaxReminders);
        RuleFor(followUp => followUp.TimeZone)
            .Must(IsTimeZone)
            .When(followUp => followUp.TimeZone is not null)
            .WithMessage("It must be an IANA time zone, such as Europe/Zurich.");
        RuleFor(followUp => followUp.Channel).OneOf(Channels.DirectNames);
        RuleFor(followUp => followUp.Recipient).NotEmpty();
        RuleFor(followUp => followUp.Recipient).Custom((recipient, context) =>
        {
            if (!string.IsNullOrEmpty(recipient)
                && Channels.RecipientError(context.InstanceToValidate.Channel ?? Channels.WhatsApp, recipient) is { } error)
                context.AddFailure(error);
        });
    }

    // the form first: a name leads to a file
    private static bool IsTimeZone(string? name) =>
        TimeZoneName().IsMatch(name!) && TimeZoneInfo.TryFindSystemTimeZoneById(name!, out var zone) && zone.HasIanaId;

    [GeneratedRegex(@"\A[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TimeZoneName();
}
