using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Operations.Jobs;

/// <summary>Which waiting jobs to list.</summary>
internal sealed class ListScheduledJobsRequest : PageRequest
{
    /// <summary>Only those of this type.</summary>
    [QueryParam]
    public string? Type { get; set; }
}

internal sealed class ListScheduledJobsValidator : PageValidator<ListScheduledJobsRequest>
{
    public ListScheduledJobsValidator()
        : base(ListScheduledJobs.Name) => RuleFor(request => request.Type).Text(100);
}

/// <summary><c>GET /api/jobs/scheduled</c>: jobs that wait, the next to be due first.</summary>
internal sealed class ListScheduledJobs(ScheduledJobs jobs) : ListEndpoint<ListScheduledJobsRequest, ScheduledJob>(Name)
{
    public const string Name = "jobs/scheduled";

    public override void Configure() => List("/api/jobs/scheduled", Scope.Jobs, "Jobs", "List jobs that wait, the next to be due first");

    protected override async Task<List<ScheduledJob>> ReadAsync(
        ListScheduledJobsRequest request, Cursor? after, int take, CancellationToken cancellationToken)
    {
        var waiting = await jobs.ListAsync(request.Type, after is { } last ? (last.At, last.Id) : null, take, cancellationToken);
        return HttpContext.Caller().IsAdmin ? waiting : waiting.ConvertAll(job => job with { Errors = job.Errors.WithoutNames() });
    }

    protected override Cursor CursorOf(ScheduledJob item) => new(item.DueAt, item.Id);
}

/// <summary>Which dead jobs to list.</summary>
internal sealed class ListDeadJobsRequest : PageRequest
{
    /// <summary>Only those of this type.</summary>
    [QueryParam]
    public string? Type { get; set; }

    /// <summary>Only those that died at this time or later.</summary>
    [QueryParam]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Only those that died before this time.</summary>
    [QueryParam]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Only those whose last error has these words.</summary>
    [QueryParam]
    public string? ErrorContains { get; set; }
}

internal sealed class ListDeadJobsValidator : PageValidator<ListDeadJobsRequest>
{
    public ListDeadJobsValidator()
        : base(ListDeadJobs.Name)
    {
        RuleFor(request => request.Type).Text(100);
        RuleFor(request => request.ErrorContains).Text(500);
    }
}

/// <summary>
/// <c>GET /api/jobs/dead</c>: jobs that were given up, the latest first, each with every error. What they carry belongs to users: only an
/// administrator sees it, and that is logged.
/// </summary>
internal sealed partial class ListDeadJobs(DeadJobs jobs, ILogger<ListDeadJobs> logger) : ListEndpoint<ListDeadJobsRequest, DeadJob>(Name)
{
    public const string Name = "jobs/dead";

    public override void Configure() => List("/api/jobs/dead", Scope.Jobs, "Jobs", "List jobs that were given up, the latest first");

    protected override async Task<List<DeadJob>> ReadAsync(
        ListDeadJobsRequest request, Cursor? after, int take, CancellationToken cancellationToken)
    {
        var caller = HttpContext.Caller();
        var dead = await jobs.ListAsync(
            new(request.Type, request.Since, request.Until, request.ErrorContains, AsShown: !caller.IsAdmin),
            after is { } last ? (last.At, last.Id) : null, take, cancellationToken);
        if (!caller.IsAdmin)
            return dead.ConvertAll(WithoutPayload);
        Log.PayloadsRead(logger, caller.KeyId, caller.UserId, dead.Count, request.Type);
        return dead;
    }

    protected override Cursor CursorOf(DeadJob item) => new(item.DiedAt, item.Id);

    private static DeadJob WithoutPayload(DeadJob job) => job with
    {
        Payload = Redacted.Placeholder,
        IdempotencyKey = Redacted.Placeholder,
        Error = Redacted.Of(job.Error),
        Errors = job.Errors.WithoutNames(),
    };

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information, Message = "Audit: key {KeyId} of user {UserId} read {Count} dead jobs of type {Type} with their payloads")]
        public static partial void PayloadsRead(ILogger logger, Guid keyId, Guid userId, int count, Redacted type);
    }
}

internal static class JobErrorExtensions
{
    /// <summary>Errors as whoever looks after jobs may see them: providers name addresses and numbers in theirs.</summary>
    public static IReadOnlyList<JobError> WithoutNames(this IReadOnlyList<JobError> errors) =>
        [.. errors.Select(error => error with { Error = Redacted.Of(error.Error) })];
}
