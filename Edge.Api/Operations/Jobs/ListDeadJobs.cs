using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
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
internal sealed class ListDeadJobs(DeadJobs jobs) : Endpoint<ListDeadJobsRequest, Ok<Page<DeadJob>>>
{
    public const string Name = "jobs/dead";

    public override void Configure()
    {
        Get("/api/jobs/dead");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Jobs", "List jobs that were given up, the latest first")
            .Produces<Page<DeadJob>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<DeadJob>>> ExecuteAsync(ListDeadJobsRequest request, CancellationToken ct)
    {
        var filter = new DeadJobFilter(request.Type, request.Since, request.Until, request.ErrorContains);
        var page = await jobs.ListAsync(filter, JobPaging.After(Name, request), request.PageSize(), ct);
        return TypedResults.Ok(page.ToPage(Name));
    }
}

/// <summary>Lists of jobs with the cursors of the API.</summary>
internal static class JobPaging
{
    /// <summary>Where the page asked for begins.</summary>
    public static JobCursor? After(string list, PageRequest request) =>
        Cursor.Of(list, request) is { } cursor ? new(cursor.At, cursor.Id) : null;

    /// <summary>The page as the API answers it.</summary>
    public static Page<T> ToPage<T>(this JobPage<T> page, string list) => new(
        page.Items, JobCursor.TryParse(page.NextCursor, out var next) ? new Cursor(next!.At, next.Id).Encode(list) : null);
}
