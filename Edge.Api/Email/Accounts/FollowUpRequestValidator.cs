using System.Text.RegularExpressions;
using FluentValidation;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What a wish to be reminded must be.</summary>
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
        RuleFor(followUp => followUp.Channel)
            .Must(channel => Channels.Names.Contains(channel))
            .WithMessage($"It must be one of {string.Join(", ", Channels.Names)}.");
        RuleFor(followUp => followUp.Recipient).NotEmpty();
        RuleFor(followUp => followUp.Recipient).Custom((recipient, context) =>
        {
            if (!string.IsNullOrEmpty(recipient)
                && Channels.RecipientError(context.InstanceToValidate.Channel ?? Channels.WhatsApp, recipient) is { } mistake)
                context.AddFailure(mistake);
        });
    }

    // the form first: a name leads to a file
    private static bool IsTimeZone(string? name) =>
        TimeZoneName().IsMatch(name!) && TimeZoneInfo.TryFindSystemTimeZoneById(name!, out var zone) && zone.HasIanaId;

    [GeneratedRegex(@"\A[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TimeZoneName();
}
