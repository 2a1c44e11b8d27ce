using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What is to be tracked, as it is written: all but the mode may be left out.</summary>
internal sealed class TrackingRequest
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

    private static IReadOnlyList<string> Entries(IReadOnlyList<string?>? entries) => [.. (entries ?? []).Select(entry => entry!.Trim()).Distinct()];
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
