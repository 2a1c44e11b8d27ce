using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>A notification to send.</summary>
internal sealed class CreateNotificationRequest
{
    public string? Channel { get; init; }

    /// <summary>In the form of the channel: E.164 for WhatsApp and SMS.</summary>
    public string? Recipient { get; init; }

    public string? Body { get; init; }

    /// <summary>critical, high, normal (if left out), low or very-low.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>Not before this time; left out or past, it is now.</summary>
    public DateTimeOffset? SendAt { get; init; }
}

internal sealed class CreateNotificationValidator : Validator<CreateNotificationRequest>
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    public CreateNotificationValidator(TimeProvider clock)
    {
        RuleFor(request => request.Channel)
            .Must(channel => Channels.All.Contains(channel))
            .WithMessage($"It must be one of {string.Join(", ", Channels.All)}.");
        RuleFor(request => request.Recipient).NotEmpty();
        RuleFor(request => request.Recipient).Custom((recipient, context) =>
        {
            if (!string.IsNullOrEmpty(recipient)
                && Channels.RecipientMistake(context.InstanceToValidate.Channel ?? Channels.WhatsApp, recipient) is { } mistake)
                context.AddFailure(mistake);
        });
        RuleFor(request => request.Body).NotEmpty().Text(MessageTemplate.MaxLength);
        RuleFor(request => request.SendAt)
            .Must(at => at <= clock.GetUtcNow() + Furthest)
            .When(request => request.SendAt is not null)
            .WithMessage($"It must be within {Furthest.Days} days.");
    }
}

/// <summary>What was made.</summary>
internal sealed record CreateNotificationResponse(Guid Id);

/// <summary><c>POST /api/notifications</c>: sends a message, now or later. Answered when it is on disk.</summary>
internal sealed class CreateNotification(
    CreatingTransactions transactions, ScheduledJobs scheduled, JobOutbox outbox, TimeProvider clock)
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
        CreateNotificationRequest request, CancellationToken ct)
    {
        var staged = new List<OutgoingJob>();
        var creation = await transactions.RunAsync(HttpContext, request, tx => InsertAsync(tx, request, staged, ct), ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Accepted($"/api/notifications/{creation.Answer!.Id}", creation.Answer);
    }

    private async Task<Creation<CreateNotificationResponse>> InsertAsync(
        NpgsqlTransaction tx, CreateNotificationRequest request, List<OutgoingJob> staged, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var sendAt = request.SendAt > now ? request.SendAt : null;
        var notification = new NewNotification(
            Guid.CreateVersion7(now), HttpContext.Caller().UserId, request.Channel!, request.Recipient!, request.Body!,
            request.Priority ?? JobPriority.Normal, NotificationSources.Api, now, SendAt: sendAt);
        await NotificationStore.InsertAsync(tx.Connection!, tx, [notification], ct);

        // the job has the notification's id, so that whoever cancels the one finds the other
        var send = new OutgoingJob(new SendNotification(notification.Id, notification.Id, notification.Priority));
        if (sendAt is { } dueAt)
            await scheduled.InsertAsync(tx.Connection!, tx, [send], dueAt, ct);
        else
            staged.Add(send);

        var facts = new EventCounter();
        facts.Created(notification.UserId, notification.Channel, now);
        staged.Add(new(facts.ToJob()!));
        await outbox.StageAsync(tx.Connection!, tx, staged, ct);
        return Creation<CreateNotificationResponse>.Made(new(notification.Id));
    }
}
