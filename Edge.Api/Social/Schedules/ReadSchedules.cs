using FluentValidation;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>Which schedules to list.</summary>
internal sealed class ListSchedulesRequest : NumberedPageRequest
{
    /// <summary>Only those of slots, or of recurrence.</summary>
    [QueryParam]
    public string? Kind { get; set; }

    /// <summary>Only those that are paused, or are not.</summary>
    [QueryParam]
    public bool? IsPaused { get; set; }
}

internal sealed class ListSchedulesValidator : NumberedPageValidator<ListSchedulesRequest>
{
    public ListSchedulesValidator()
        : base(ListSchedules.Name) =>
        RuleFor(request => request.Kind).OneOf(["slots", "recurrence"]).When(request => request.Kind is not null);
}

/// <summary><c>GET /api/schedules</c>: the user's schedules, newest first.</summary>
internal sealed class ListSchedules(ScheduleStore store) : NumberedListEndpoint<ListSchedulesRequest, ScheduleResponse>(Name)
{
    public const string Name = "schedules";

    public override void Configure() => List("/api/schedules", Scope.Social, "Schedules", "List schedules, newest first");

    protected override async Task<List<ScheduleResponse>> ReadAsync(
        ListSchedulesRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
    [
        .. (await store.ListAsync(
            HttpContext.Caller().UserId, new(request.Kind, request.IsPaused), after?.Id, take, skip, cancellationToken))
            .Select(ScheduleResponse.Of),
    ];

    // a user has no more than a thousand
    protected override async Task<int> CountAsync(ListSchedulesRequest request, int atMost, CancellationToken cancellationToken) =>
        (int)await store.CountAsync(HttpContext.Caller().UserId, new(request.Kind, request.IsPaused), cancellationToken);

    protected override Cursor CursorOf(ScheduleResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/schedules/{id}</c>.</summary>
internal sealed class GetSchedule(ScheduleStore store) : GetByIdEndpoint<ScheduleResponse>("schedule")
{
    public override void Configure() => Read("/api/schedules/{id:guid}", Scope.Social, "Schedules", "Read a schedule");

    protected override async Task<ScheduleResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(userId, id, cancellationToken) is { } found ? ScheduleResponse.Of(found) : null;
}

/// <summary>How many of the next occurrences.</summary>
internal sealed class NextOccurrencesRequest
{
    /// <summary>1 to 100; 10 if it is left out.</summary>
    [QueryParam]
    public int? Count { get; set; }
}

internal sealed class NextOccurrencesValidator : Validator<NextOccurrencesRequest>
{
    public NextOccurrencesValidator() => RuleFor(request => request.Count).InclusiveBetween(1, 100);
}

/// <summary>The next occurrences of a schedule; none while it is paused, and fewer where it ends.</summary>
internal sealed record NextOccurrences(IReadOnlyList<OccurrenceResponse> Items);

/// <summary>
/// <c>GET /api/schedules/{id}/next?count=</c>: the next occurrences. One whose local time its day leaves out says from where it was moved.
/// </summary>
internal sealed class GetNextOccurrences(ScheduleStore store)
    : Endpoint<NextOccurrencesRequest, Results<Ok<NextOccurrences>, ProblemHttpResult>>
{
    private const int DefaultCount = 10;

    public override void Configure()
    {
        Get("/api/schedules/{id:guid}/next");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Schedules", "Read the next occurrences of a schedule")
            .Produces<NextOccurrences>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<NextOccurrences>, ProblemHttpResult>> ExecuteAsync(
        NextOccurrencesRequest request, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await store.FindAsync(HttpContext.Caller().UserId, id, ct) is { } schedule
            ? TypedResults.Ok(new NextOccurrences(OccurrenceResponse.Next(schedule, request.Count ?? DefaultCount)))
            : Problems.NotFound("schedule", id);
    }
}
