using FluentValidation;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Webhooks.Email;

namespace Switchboard.Edge.Api.Rules;

/// <summary>A mail or an SMS to try the user's rules on, and perhaps one more rule that is not saved yet.</summary>
internal sealed class TestRulesRequest
{
    /// <summary>The mail as it would be posted to <c>/api/webhooks/email</c>; its <c>messageId</c> may be left out.</summary>
    public EmailRequest? Mail { get; init; }

    /// <summary>The SMS, in place of a mail.</summary>
    public TestSms? Text { get; init; }

    /// <summary>Tried beside the saved ones, as if it were the newest.</summary>
    public RuleRequest? Rule { get; init; }
}

internal sealed class TestRulesValidator : Validator<TestRulesRequest>
{
    public TestRulesValidator()
    {
        RuleFor(request => request.Mail).NotNull().When(request => request.Text is null).WithMessage("There must be a mail or an SMS.");
        RuleFor(request => request.Text).Null().When(request => request.Mail is not null)
            .WithMessage("There must be a mail or an SMS, not both.");
        RuleFor(request => request.Text!).SetValidator(new TestSmsValidator()).When(request => request.Text is not null);
        RuleFor(request => request.Mail).Custom((mail, context) =>
        {
            var errors = new List<FieldError>();
            if (mail is not null)
                EmailValidation.Check(mail, "mail.", errors, needsMessageId: false);
            foreach (var error in errors)
                context.AddFailure(error.Name, error.Reason);
        });
        RuleFor(request => request.Rule!).SetValidator(new RuleRequestValidator()).When(request => request.Rule is not null);
    }
}

/// <summary>What a rule says of the mail or SMS.</summary>
/// <param name="Id">The rule; null for the one that is not saved.</param>
/// <param name="Name">Its name.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Matches">Whether its conditions hold.</param>
/// <param name="Applied">Whether it leads to a notification: it matches, is active, and no rule before it ended the search.</param>
/// <param name="Reasons">Why, or why not.</param>
/// <param name="Channel">The channel of the notification.</param>
/// <param name="Recipient">Its recipient.</param>
/// <param name="Message">What it would say; null unless it matches.</param>
internal sealed record RuleTestResult(
    Guid? Id, string Name, int Priority, bool Matches, bool Applied, IReadOnlyList<string> Reasons, string Channel, string Recipient,
    string? Message);

/// <summary>What the rules say of the mail or SMS, in the order in which they are evaluated.</summary>
internal sealed record TestRulesResponse(int Notifications, IReadOnlyList<RuleTestResult> Rules);

/// <summary>
/// <c>POST /api/rules/test</c>: which rules match a mail or an SMS and why, and what the messages would be. Nothing is sent.
/// </summary>
internal sealed class TestRules(RuleTrials rules, TimeProvider timeProvider) : Endpoint<TestRulesRequest, Ok<TestRulesResponse>>
{
    public override void Configure()
    {
        Post("/api/rules/test");
        Policies(Scope.Rules);
        Description(endpoint => endpoint.Titled("Rules", "Try the rules on a mail or an SMS, without sending anything")
            .WithDescription(RuleOptions.Promise)
            .Produces<TestRulesResponse>().Refuses(400, 401, 403, 413, 415, 429, 503));
    }

    public override async Task<Ok<TestRulesResponse>> ExecuteAsync(TestRulesRequest request, CancellationToken ct)
    {
        var now = timeProvider.GetUtcNow();
        var message = request.Text is { } sms ? sms.ToMessage(now) : ReceivedMessage.Mail(request.Mail!.ToMail(now));
        var unsaved = request.Rule?.ToRule(Guid.Empty, now).ToRule();

        var results = (await rules.EvaluateAsync(HttpContext.Caller().UserId, unsaved, message, ct))
            .Select(verdict => new RuleTestResult(
                verdict.Rule.Id == Guid.Empty ? null : verdict.Rule.Id, verdict.Rule.Name, verdict.Rule.Priority, verdict.Matches,
                verdict.Applied, verdict.Reasons, verdict.Rule.Channel, verdict.Rule.Recipient,
                verdict.Matches
                    ? MessageTemplate.Render(verdict.Rule.Template, verdict.Rule.Name, message, verdict.Rule.Content.Include)
                    : null))
            .ToList();
        return TypedResults.Ok(new TestRulesResponse(results.Count(result => result.Applied), results));
    }
}

/// <summary>An SMS to try rules on. With nothing in its body and no media it is an empty SMS.</summary>
internal sealed class TestSms
{
    /// <summary>The sender's number in E.164.</summary>
    public string? From { get; init; }

    /// <summary>The number that it was sent to.</summary>
    public string? To { get; init; }

    public string? Body { get; init; }

    public IReadOnlyList<TestMedia?>? Media { get; init; }

    /// <summary>The SMS, once it is found valid.</summary>
    public ReceivedMessage ToMessage(DateTimeOffset now) => ReceivedMessage.Sms(
        From!, To ?? "", Body ?? "", now, Media is { Count: > 0 }, Media?.Select(media => media?.Transcript ?? "") ?? []);
}

/// <summary>A media file of an SMS.</summary>
internal sealed class TestMedia
{
    public string? ContentType { get; init; }

    /// <summary>What is said in it, if it is audio.</summary>
    public string? Transcript { get; init; }
}

internal sealed class TestSmsValidator : AbstractValidator<TestSms>
{
    private const int MaxText = 16_000;
    private const int MaxMedia = 100;
    private const int MaxContentType = 256;

    public TestSmsValidator()
    {
        RuleFor(text => text.From).Must(PhoneNumber.IsE164).WithMessage(PhoneNumber.FormatError);
        RuleFor(text => text.To).Must(PhoneNumber.IsE164).When(text => text.To is not null).WithMessage(PhoneNumber.FormatError);
        RuleFor(text => text.Body).Text(MaxText);
        RuleFor(text => text.Media).Must(media => media is not { Count: > MaxMedia }).WithMessage($"It has more than {MaxMedia} entries.");
        RuleForEach(text => text.Media).NotNull().ChildRules(media =>
        {
            media.RuleFor(file => file!.ContentType).Text(MaxContentType);
            media.RuleFor(file => file!.Transcript).Text(MaxText);
        }).When(text => text.Media is { Count: <= MaxMedia });
    }
}
