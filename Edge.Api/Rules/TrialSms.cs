using FluentValidation;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Rules;

/// <summary>A text to try rules on. With nothing in its body and no media it is an empty text.</summary>
internal sealed class TrialSms
{
    /// <summary>Who sent it, a number in E.164.</summary>
    public string? From { get; init; }

    /// <summary>The number that it was sent to.</summary>
    public string? To { get; init; }

    public string? Body { get; init; }

    public IReadOnlyList<TrialMedia?>? Media { get; init; }

    /// <summary>The text, once it is found valid.</summary>
    public ReceivedMessage ToMessage(DateTimeOffset now) => ReceivedMessage.Sms(
        From!, To ?? "", Body ?? "", now, Media is { Count: > 0 }, Media?.Select(media => media?.Transcript ?? "") ?? []);
}

/// <summary>A media file of it.</summary>
internal sealed class TrialMedia
{
    public string? ContentType { get; init; }

    /// <summary>What is said in it, if it is audio.</summary>
    public string? Transcript { get; init; }
}

internal sealed class TrialSmsValidator : AbstractValidator<TrialSms>
{
    private const int MaxText = 16_000;
    private const int MaxMedia = 100;
    private const int MaxContentType = 256;

    public TrialSmsValidator()
    {
        RuleFor(text => text.From).Must(PhoneNumber.IsE164).WithMessage(PhoneNumber.Mistake);
        RuleFor(text => text.To).Must(PhoneNumber.IsE164).When(text => text.To is not null).WithMessage(PhoneNumber.Mistake);
        RuleFor(text => text.Body).Text(MaxText);
        RuleFor(text => text.Media).Must(media => media is not { Count: > MaxMedia }).WithMessage($"It has more than {MaxMedia} entries.");
        RuleForEach(text => text.Media).NotNull().ChildRules(media =>
        {
            media.RuleFor(file => file!.ContentType).Text(MaxContentType);
            media.RuleFor(file => file!.Transcript).Text(MaxText);
        });
    }
}
