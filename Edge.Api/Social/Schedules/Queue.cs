using FluentValidation;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>A post that waits for a slot.</summary>
/// <param name="PostId">The post.</param>
/// <param name="Place">Its place in the queue, from 1.</param>
/// <param name="ExpectedAt">The slot that it goes out in if the queue stays as it is; null while the schedule is paused, and for places
/// that are far away.</param>
/// <param name="Text">What it says.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record QueuedPostResponse(Guid PostId, long Place, DateTimeOffset? ExpectedAt, string Text, DateTimeOffset CreatedAt);

internal sealed class ListQueueRequest : NumberedPageRequest;

internal sealed class ListQueueValidator() : NumberedPageValidator<ListQueueRequest>(ListQueue.Name);

/// <summary><c>GET /api/schedules/{id}/queue</c>: the posts that wait for its slots, the next to go out first.</summary>
internal sealed class ListQueue(ScheduleStore schedules, ScheduleQueue queue)
    : NumberedListEndpoint<ListQueueRequest, QueuedPostResponse>(Name)
{
    public const string Name = "schedule-queue";

    // slots are counted one by one
    private const int MaxExpected = 5_000;

    private Schedule? _schedule;

    public override void Configure() => List(
        "/api/schedules/{id:guid}/queue", Scope.Social, "Schedules", "List the posts that wait for the slots of a schedule");

    protected override async Task<ProblemHttpResult?> RefusalAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        _schedule = await schedules.FindAsync(HttpContext.Caller().UserId, id, cancellationToken);
        return _schedule is null ? Problems.NotFound("schedule", id) : null;
    }

    protected override async Task<List<QueuedPostResponse>> ReadAsync(
        ListQueueRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken)
    {
        var posts = await queue.ListAsync(_schedule!.UserId, _schedule.Id, after?.Id, skip, take, cancellationToken);
        var first = posts.Count == 0 ? 0 : posts[0].Rank;
        var slots = _schedule is { NextAt: { } next, IsPaused: false } && first > 0 && first + posts.Count <= MaxExpected
            ? _schedule.Timetable.From(next).Skip((int)first - 1).Take(posts.Count).Select(slot => slot.At).ToArray()
            : [];
        return
        [
            .. posts.Select((post, index) => new QueuedPostResponse(
                post.Id, post.Rank, index < slots.Length ? slots[index] : null, post.Text, post.CreatedAt)),
        ];
    }

    protected override Task<int> CountAsync(ListQueueRequest request, int atMost, CancellationToken cancellationToken) =>
        queue.CountAsync(_schedule!.UserId, _schedule.Id, atMost, cancellationToken);

    protected override Cursor CursorOf(QueuedPostResponse item) => new(item.CreatedAt, item.PostId);
}

/// <summary>Which posts go first.</summary>
internal sealed class ReorderQueueRequest
{
    /// <summary>Posts of the queue, in the order that they are to go out in; the others follow in the order that they have.</summary>
    public IReadOnlyList<Guid>? Posts { get; init; }
}

internal sealed class ReorderQueueValidator : Validator<ReorderQueueRequest>
{
    private const int Most = 1_000;

    public ReorderQueueValidator() => RuleFor(request => request.Posts)
        .Must(posts => posts is { Count: > 0 and <= Most }).WithMessage($"It must name 1 to {Most} posts.")
        .Must(posts => posts is null || posts.Distinct().Count() == posts.Count).WithMessage("A post has one place: it is named twice.");
}

/// <summary><c>PUT /api/schedules/{id}/queue</c>: puts posts at the head of the queue.</summary>
internal sealed class ReorderQueue(NpgsqlDataSource dataSource)
    : Endpoint<ReorderQueueRequest, Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Put("/api/schedules/{id:guid}/queue");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Schedules", "Put posts of a queue first, in this order")
            .Example("""{"posts": ["01979d3a-52b0-7c11-8f10-4f2f4bb8b0a3"]}""")
            .Produces(204).Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(ReorderQueueRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await ScheduleStore.LockAsync(transaction, userId, id, ct) is null)
            return Problems.NotFound("schedule", id);
        var gone = await ScheduleQueue.ReorderAsync(transaction, userId, id, [.. request.Posts!], ct);
        if (gone.Count > 0)
            return Problems.Conflict($"The post {gone[0]} does not wait in this queue: it went out, or never did. Nothing was changed.");
        await transaction.CommitAsync(ct);
        return TypedResults.NoContent();
    }
}
