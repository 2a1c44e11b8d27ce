using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
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
internal sealed class ListScheduledJobs(ScheduledJobs jobs) : Endpoint<ListScheduledJobsRequest, Ok<Page<ScheduledJob>>>
{
    public const string Name = "jobs/scheduled";

    public override void Configure()
    {
        Get("/api/jobs/scheduled");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Jobs", "List jobs that wait, the next to be due first")
            .Produces<Page<ScheduledJob>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<ScheduledJob>>> ExecuteAsync(ListScheduledJobsRequest request, CancellationToken ct)
    {
        var page = await jobs.ListAsync(request.Type, JobPaging.After(Name, request), request.PageSize(), ct);
        return TypedResults.Ok(page.ToPage(Name));
    }
}
