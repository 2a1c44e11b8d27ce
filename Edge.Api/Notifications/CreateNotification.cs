using FluentValidation;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>A notification to send.</summary>
internal sealed class CreateNotificationRequest
{
    public string? Channel { get; init; }

    /// <summary>In the form of the channel: E.164 for WhatsApp and SMS.</summary>
    public string? Recipient { get; init; }

    public string? Body { get; init; }

    /// <summary>critical (for which the key needs that scope), high, normal (if left out), low or very-low.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>Not before this time; left out or past, it is now.</summary>
    public DateTimeOffset? SendAt { get; init; }
}

internal sealed class CreateNotificationValidator : Validator<CreateNotificationRequest>
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    public CreateNotificationValidator(TimeProvider timeProvider)
    {
        RuleFor(request => request.Channel).OneOf(Channels.DirectNames);
        RuleFor(request => request.Recipient).NotEmpty();
        RuleFor(request => request.Recipient).Custom((recipient, context) =>
        {
            if (!string.IsNullOrEmpty(recipient)
                && Channels.RecipientError(context.InstanceToValidate.Channel ?? Channels.WhatsApp, recipient) is { } error)
                context.AddFailure(error);
        });
        RuleFor(request => request.Body).Visible().Text(MessageTemplate.MaxLength);
        RuleFor(request => request.SendAt)
            .Must(at => at <= timeProvider.GetUtcNow() + Furthest)
            .When(request => request.SendAt is not null)
            .WithMessage($"It must be within {Furthest.Days} days.");
    }
}

/// <summary>The notification that was created.</summary>
internal sealed record CreateNotificationResponse(Guid Id);

/// <summary><c>POST /api/notifications</c>: sends a message, now or later. Answered when it is on disk.</summary>
internal sealed class CreateNotification(
    CreatingTransactions transactions, DailyQuotas quotas, NotificationStore notifications, JobOutbox outbox)
    : Endpoint<CreateNotificationRequest, Results<Accepted<CreateNotificationResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/notifications");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "Send a notification, now or later")
            .Produces<CreateNotificationResponse>(202).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Accepted<CreateNotificationResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateNotificationRequest request, CancellationToken cancellationToken)
    {
        var caller = HttpContext.Caller();
        if (request.Priority == JobPriority.Critical && !caller.Has(Scope.Critical))
            return Problems.MissingScope($"For the priority critical the key must have the scope '{Scope.Critical}'.");
        if (await quotas.TakeAsync(HttpContext, Quota.Notifications, caller.UserId, cancellationToken) is { } usedUp)
            return usedUp;

        IReadOnlyCollection<OutgoingJob> staged = [];
        var creation = await transactions.RunAsync(
            HttpContext,
            request,
            async transaction =>
            {
                var draft = new NotificationDraft(
                    caller.UserId, request.Channel!, request.Recipient!, request.Body!,
                    request.Priority ?? JobPriority.Normal, NotificationSource.Api, ScheduledFor: request.SendAt);
                var created = await notifications.CreateAsync(transaction.Connection!, transaction, [draft], [], grant: null, cancellationToken);
                staged = created.Jobs;
                return Creation<CreateNotificationResponse>.Made(new(created.Ids[0]));
            },
            cancellationToken);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Accepted($"/api/notifications/{creation.Answer!.Id}", creation.Answer);
    }
}
