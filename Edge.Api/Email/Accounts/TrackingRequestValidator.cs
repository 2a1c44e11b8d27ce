using FluentValidation;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What a wish for tracking must be.</summary>
internal sealed class TrackingRequestValidator : AbstractValidator<TrackingRequest>
{
    private const int MaxEntries = 100;
    private const int MaxEntry = 320;
    private const int MaxWindowDays = 365;

    public TrackingRequestValidator()
    {
        RuleFor(tracking => tracking.Mode).NotNull().WithMessage("It must be one of all, matching, requested.");
        RuleFor(tracking => tracking.Categories).ListOf(MaxEntries, MaxEntry);
        RuleFor(tracking => tracking.Recipients).ListOf(MaxEntries, MaxEntry, RecipientMistake);
        RuleFor(tracking => tracking)
            .Must(tracking => tracking.Categories is { Count: > 0 } || tracking.Recipients is { Count: > 0 })
            .When(tracking => tracking.Mode == TrackingMode.Matching)
            .OverridePropertyName("Mode")
            .WithMessage("matching needs at least one entry in categories or recipients.");
        RuleFor(tracking => tracking.WindowDays).InclusiveBetween(1, MaxWindowDays);
        RuleFor(tracking => tracking.FollowUp!).SetValidator(new FollowUpRequestValidator()).When(tracking => tracking.FollowUp is not null);
    }

    private static string? RecipientMistake(string entry) => entry switch
    {
        _ when entry.Any(char.IsWhiteSpace) => "It must not contain white space.",
        _ when !entry.AsSpan().ContainsAny('@', '*', '?') => "It must be an address, or a pattern such as *@contoso.test.",
        _ => null,
    };
}
