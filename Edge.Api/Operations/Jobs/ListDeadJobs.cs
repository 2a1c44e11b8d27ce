using FastEndpoints;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Jobs;

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

/// <summary><c>GET /api/jobs/dead</c>: jobs that were given up, the latest first, each with every error.</summary>
internal sealed class ListDeadJobs(DeadJobs jobs) : ListEndpoint<ListDeadJobsRequest, DeadJob>(Name)
{
    public const string Name = "jobs/dead";

    public override void Configure() => List("/api/jobs/dead", Scope.Jobs, "Jobs", "List jobs that were given up, the latest first");

    protected override Task<List<DeadJob>> ReadAsync(
        ListDeadJobsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        jobs.ListAsync(
            new(request.Type, request.Since, request.Until, request.ErrorContains), after is { } last ? (last.At, last.Id) : null, take,
            cancellationToken);

    protected override Cursor CursorOf(DeadJob item) => new(item.DiedAt, item.Id);
}
