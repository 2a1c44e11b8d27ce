using FluentValidation;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications.Inbox;

/// <summary>
/// Changes items, and tells what follows: a notification that was read moves to <c>read</c> by the job that statuses of providers come by,
/// with its event.
/// </summary>
internal sealed class InboxChanges(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider)
{
    /// <summary>Changes one item; null when it is not in this inbox.</summary>
    public async Task<InboxItem?> ChangeAsync(
        InboxOwner owner, Guid id, string action, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await InboxStore.ChangeAsync(transaction, owner, id, action, now, until, cancellationToken) is not { } item)
            return null;
        await outbox.CommitAsync(transaction, action == "read" ? Read([id], now) : [], cancellationToken);
        return item;
    }

    /// <summary>Marks what is unread as read.</summary>
    public async Task<int> ReadAllAsync(InboxOwner owner, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ids = await InboxStore.ReadAllAsync(transaction, owner, now, cancellationToken);
        await outbox.CommitAsync(transaction, Read(ids, now), cancellationToken);
        return ids.Count;
    }

    private static OutgoingJob[] Read(List<Guid> ids, DateTimeOffset now) => ids.Count == 0
        ? []
        : [new(new ApplyDeliveryStatuses(
            Guid.CreateVersion7(now), [.. ids.Select(id => new DeliveryStatusUpdate(id.ToString(), id, DeliveryStatus.Read, now))]))];
}

/// <summary><c>POST /api/inbox/{id}/…</c>: an action on one item that needs no more than its name.</summary>
/// <param name="changes">Does it.</param>
/// <param name="action">Its name.</param>
/// <param name="summary">What its page of the API says.</param>
internal abstract class InboxAction(InboxChanges changes, string action, string summary)
    : EndpointWithoutRequest<Results<Ok<InboxItem>, ProblemHttpResult>>
{
    public sealed override void Configure()
    {
        Post($"/api/inbox/{{id:guid}}/{action}");
        AuthSchemes(InboxAuthentication.SchemeName);
        Description(endpoint => endpoint.Titled("Inbox", summary).RequireCors(InboxServices.Cors).Produces<InboxItem>().Refuses(401, 404, 429, 503));
    }

    public sealed override async Task<Results<Ok<InboxItem>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await changes.ChangeAsync(HttpContext.InboxOwner(), id, action, until: null, ct) is { } item
            ? TypedResults.Ok(item)
            : Problems.NotFound("item", id);
    }
}

/// <summary>It was shown.</summary>
internal sealed class MarkSeen(InboxChanges changes) : InboxAction(changes, "seen", "Mark an item as seen");

/// <summary>It was read, and so its notification.</summary>
internal sealed class MarkRead(InboxChanges changes) : InboxAction(changes, "read", "Mark an item as read");

/// <summary>It is to count as unread; its notification stays read.</summary>
internal sealed class MarkUnread(InboxChanges changes) : InboxAction(changes, "unread", "Mark an item as unread");

/// <summary>It is put away.</summary>
internal sealed class ArchiveItem(InboxChanges changes) : InboxAction(changes, "archive", "Put an item away");

/// <summary>It is taken out again.</summary>
internal sealed class UnarchiveItem(InboxChanges changes) : InboxAction(changes, "unarchive", "Take an item back that was put away");

/// <summary>Until when an item is not shown.</summary>
internal sealed class SnoozeRequest
{
    public DateTimeOffset? Until { get; init; }
}

internal sealed class SnoozeValidator : Validator<SnoozeRequest>
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    public SnoozeValidator(TimeProvider timeProvider) => RuleFor(request => request.Until)
        .NotNull()
        .Must(until => until is null || (until > timeProvider.GetUtcNow() && until <= timeProvider.GetUtcNow() + Furthest))
        .WithMessage($"It must be in the future, and within {Furthest.Days} days.");
}

/// <summary><c>POST /api/inbox/{id}/snooze</c>: the item is not shown until a time.</summary>
internal sealed class SnoozeItem(InboxChanges changes) : Endpoint<SnoozeRequest, Results<Ok<InboxItem>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/inbox/{id:guid}/snooze");
        AuthSchemes(InboxAuthentication.SchemeName);
        Description(endpoint => endpoint.Titled("Inbox", "Do not show an item until a time").RequireCors(InboxServices.Cors)
            .Produces<InboxItem>().Refuses(400, 401, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<InboxItem>, ProblemHttpResult>> ExecuteAsync(SnoozeRequest request, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await changes.ChangeAsync(HttpContext.InboxOwner(), id, "snooze", request.Until, ct) is { } item
            ? TypedResults.Ok(item)
            : Problems.NotFound("item", id);
    }
}

/// <summary>How many items were marked.</summary>
/// <param name="Read">How many.</param>
/// <param name="IsComplete">Whether nothing unread is left; if not, once more.</param>
internal sealed record ReadAllResponse(int Read, bool IsComplete);

/// <summary><c>POST /api/inbox/read-all</c>: marks what is unread as read, a thousand at a time.</summary>
internal sealed class MarkAllRead(InboxChanges changes) : EndpointWithoutRequest<Ok<ReadAllResponse>>
{
    public override void Configure()
    {
        Post("/api/inbox/read-all");
        AuthSchemes(InboxAuthentication.SchemeName);
        Description(endpoint => endpoint.Titled("Inbox", "Mark all items as read").RequireCors(InboxServices.Cors)
            .Produces<ReadAllResponse>().Refuses(401, 429, 503));
    }

    public override async Task<Ok<ReadAllResponse>> ExecuteAsync(CancellationToken ct)
    {
        var read = await changes.ReadAllAsync(HttpContext.InboxOwner(), ct);
        return TypedResults.Ok(new ReadAllResponse(read, read < InboxStore.MostRead));
    }
}
