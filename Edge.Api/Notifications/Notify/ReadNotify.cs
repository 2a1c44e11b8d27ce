using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Notify;

namespace Switchboard.Edge.Api.Notifications.Notify;

/// <summary>A request as lists show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Priority">How soon what it leads to is sent.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SendAt">Not to be sent before this time.</param>
/// <param name="ExpiresAt">Not to be sent after this time.</param>
/// <param name="PlannedAt">When its last recipient was planned; null before.</param>
/// <param name="CancelledAt">When it was cancelled.</param>
internal sealed record NotifyResponse(
    Guid Id,
    string Category,
    JobPriority Priority,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SendAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? PlannedAt,
    DateTimeOffset? CancelledAt);

internal sealed class ListNotifyRequest : PageRequest;

internal sealed class ListNotifyValidator() : PageValidator<ListNotifyRequest>(ListNotify.Name);

/// <summary><c>GET /api/notify</c>: the user's requests, newest first.</summary>
internal sealed class ListNotify(NotifyStore store) : ListEndpoint<ListNotifyRequest, NotifyResponse>(Name)
{
    public const string Name = "notify";

    public override void Configure() => List("/api/notify", Scope.Notifications, "Notify", "List what was asked to be told, newest first");

    protected override Task<List<NotifyResponse>> ReadAsync(
        ListNotifyRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, after?.Id, take, cancellationToken);

    protected override Cursor CursorOf(NotifyResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary>A request, and what became of it for a page of its recipients.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Priority">How soon what it leads to is sent.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SendAt">Not to be sent before this time.</param>
/// <param name="ExpiresAt">Not to be sent after this time.</param>
/// <param name="PlannedAt">When its last recipient was planned; null before.</param>
/// <param name="CancelledAt">When it was cancelled.</param>
/// <param name="Counts">How many deliveries are in which state; with the first page alone.</param>
/// <param name="CountsAreComplete">Whether those are all of them: no more than 10,000 are counted.</param>
/// <param name="Recipients">The recipients of this page.</param>
/// <param name="NextCursor">What to ask for as <c>cursor</c> to get the next page; null when there is none.</param>
internal sealed record NotifyResult(
    Guid Id,
    string Category,
    JobPriority Priority,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SendAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? PlannedAt,
    DateTimeOffset? CancelledAt,
    IReadOnlyDictionary<string, long>? Counts,
    bool? CountsAreComplete,
    IReadOnlyList<RecipientResult> Recipients,
    string? NextCursor);

/// <summary>What became of a request for one recipient.</summary>
/// <param name="Recipient">Its external id, or what was given instead.</param>
/// <param name="State">The state of the delivery that has come furthest.</param>
/// <param name="Reason">Why that was not sent.</param>
/// <param name="Until">Until when that waits.</param>
/// <param name="Deliveries">By channel; those that take each other's place in their order.</param>
internal sealed record RecipientResult(
    string Recipient, string State, string? Reason, DateTimeOffset? Until, IReadOnlyList<DeliveryResult> Deliveries);

/// <summary>What became of a request for one recipient over one channel.</summary>
/// <param name="Channel">The channel; null where none could be chosen.</param>
/// <param name="State">waiting, held, digest, sending, sent, delivered, read, failed, cancelled or skipped.</param>
/// <param name="Reason">Why it was not sent, or not yet: preference, quiet-hours, digest, throttled, no-address, unknown-recipient,
/// expired, fallback-not-needed, quota, template-error or cancelled.</param>
/// <param name="Until">Until when it waits.</param>
/// <param name="NotificationId">Its notification; several of a digest have one.</param>
/// <param name="DeliveryStatus">The state of its notification.</param>
/// <param name="Error">What went wrong with its send.</param>
internal sealed record DeliveryResult(
    string? Channel, string State, string? Reason, DateTimeOffset? Until, Guid? NotificationId, string? DeliveryStatus, string? Error);

internal sealed class GetNotifyRequest : PageRequest;

internal sealed class GetNotifyValidator() : PageValidator<GetNotifyRequest>(GetNotify.Name);

/// <summary><c>GET /api/notify/{id}</c>: what became of a request for each recipient, and why something was not sent.</summary>
internal sealed class GetNotify(NotifyStore store) : Endpoint<GetNotifyRequest, Results<Ok<NotifyResult>, ProblemHttpResult>>
{
    public const string Name = "notify-recipients";

    public override void Configure()
    {
        Get("/api/notify/{id:guid}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notify", "Read what became of a request, recipient by recipient")
            .Produces<NotifyResult>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<NotifyResult>, ProblemHttpResult>> ExecuteAsync(GetNotifyRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await store.FindAsync(userId, id, ct) is not { } found)
            return Problems.NotFound("request", id);

        var after = Cursor.Of(Name, request)?.Id;
        // counted before they are listed: what is counted as delivered is never told as on its way
        (IReadOnlyDictionary<string, long> Counts, bool AreComplete)? counted = after is null ? await store.CountAsync(userId, id, ct) : null;
        // one recipient more than the page holds says whether there is another page
        var recipients = (await store.PageAsync(userId, id, after, request.PageSize() + 1, ct))
            .GroupBy(delivery => delivery.RecipientKey)
            .Select(deliveries => (Key: deliveries.Key, Result: NotifyState.Of([.. deliveries], found.CancelledAt is not null)))
            .ToList();
        var page = Page<(Guid Key, RecipientResult Result)>.Of(
            recipients, request.PageSize(), last => new Cursor(found.CreatedAt, last.Key).Encode(Name));
        return TypedResults.Ok(new NotifyResult(
            found.Id, found.Category, found.Priority, found.CreatedAt, found.SendAt, found.ExpiresAt, found.PlannedAt, found.CancelledAt,
            counted?.Counts, counted?.AreComplete, [.. page.Items.Select(item => item.Result)], page.NextCursor));
    }
}

/// <summary><c>DELETE /api/notify/{id}</c>: takes back what of a request was not sent yet.</summary>
internal sealed class CancelNotifyRequest(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider)
    : DeleteByIdEndpoint("request")
{
    public override void Configure() =>
        Delete("/api/notify/{id:guid}", Scope.Notifications, "Notify", "Take back what of a request was not sent yet");

    protected override async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await NotifyStore.CancelAsync(transaction, caller.UserId, id, now, cancellationToken))
            return false;
        await outbox.CommitAsync(transaction, [new(new CancelNotify(Guid.CreateVersion7(now), caller.UserId, id))], cancellationToken);
        return true;
    }
}
