using FastEndpoints;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

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
