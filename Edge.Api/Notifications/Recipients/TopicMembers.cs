using FluentValidation;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>Recipients that are to follow a topic, or not any more.</summary>
internal sealed class TopicMembersRequest
{
    /// <summary>Your own ids of them, up to 1,000.</summary>
    public IReadOnlyList<string?>? Recipients { get; init; }
}

internal sealed class TopicMembersValidator : Validator<TopicMembersRequest>
{
    private const int MaxMembers = 1_000;
    private const int MaxIdLength = 256;

    public TopicMembersValidator()
    {
        RuleFor(request => request.Recipients).NotEmpty();
        RuleFor(request => request.Recipients).ListOf(MaxMembers, MaxIdLength);
    }
}

/// <summary>What became of the recipients that were to follow a topic.</summary>
/// <param name="Members">How many of those that were given follow it now.</param>
/// <param name="Unknown">Those that are no recipients.</param>
internal sealed record AddedMembersResponse(int Members, IReadOnlyList<string> Unknown);

/// <summary><c>POST /api/topics/{name}/members</c>: up to 1,000 a call; who follows it already still does.</summary>
internal sealed class AddTopicMembers(TopicStore topics)
    : Endpoint<TopicMembersRequest, Results<Ok<AddedMembersResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/topics/{name}/members");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Topics", "Have recipients follow a topic")
            .Produces<AddedMembersResponse>().Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<AddedMembersResponse>, ProblemHttpResult>> ExecuteAsync(
        TopicMembersRequest request, CancellationToken ct)
    {
        if (await topics.OfRouteAsync(HttpContext, ct) is not { } topic)
            return Problems.NotFound("topic", Names.OfRoute(HttpContext));
        var ids = request.Recipients!.Select(id => id!).Distinct().ToList();
        var known = await topics.AddMembersAsync(HttpContext.Caller().UserId, topic.Id, ids, ct);
        return TypedResults.Ok(new AddedMembersResponse(known.Count, [.. ids.Where(id => !known.Contains(id))]));
    }
}

/// <summary><c>DELETE /api/topics/{name}/members</c>: up to 1,000 a call, named in the body.</summary>
internal sealed class RemoveTopicMembers(TopicStore topics) : Endpoint<TopicMembersRequest, Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/topics/{name}/members");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Topics", "Have recipients follow a topic no more")
            .WithDescription("""The body names them as that of POST does: {"recipients": ["your-id"]}.""")
            .Produces(204).Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(TopicMembersRequest request, CancellationToken ct)
    {
        if (await topics.OfRouteAsync(HttpContext, ct) is not { } topic)
            return Problems.NotFound("topic", Names.OfRoute(HttpContext));
        await topics.RemoveMembersAsync(HttpContext.Caller().UserId, topic.Id, [.. request.Recipients!.Select(id => id!)], ct);
        return TypedResults.NoContent();
    }
}

internal sealed class ListTopicMembersRequest : PageRequest;

internal sealed class ListTopicMembersValidator() : PageValidator<ListTopicMembersRequest>(ListTopicMembers.Name);

/// <summary><c>GET /api/topics/{name}/members</c>: the recipients that follow it, newest first.</summary>
internal sealed class ListTopicMembers(TopicStore topics, RecipientStore recipients)
    : Endpoint<ListTopicMembersRequest, Results<Ok<Page<RecipientResponse>>, ProblemHttpResult>>
{
    public const string Name = "topic-members";

    public override void Configure()
    {
        Get("/api/topics/{name}/members");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Topics", "List the recipients that follow a topic, newest first")
            .Produces<Page<RecipientResponse>>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<Page<RecipientResponse>>, ProblemHttpResult>> ExecuteAsync(
        ListTopicMembersRequest request, CancellationToken ct)
    {
        if (await topics.OfRouteAsync(HttpContext, ct) is not { } topic)
            return Problems.NotFound("topic", Names.OfRoute(HttpContext));
        var found = await recipients.ListOfTopicAsync(
            HttpContext.Caller().UserId, topic.Name, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, ct);
        return TypedResults.Ok(Page<RecipientResponse>.Of(
            found.ConvertAll(RecipientResponse.Of), request.PageSize(), last => new Cursor(last.CreatedAt, last.Row).Encode(Name)));
    }
}

internal static class RouteTopics
{
    /// <summary>The caller's topic that the route names; null if there is none.</summary>
    public static async Task<Topic?> OfRouteAsync(this TopicStore topics, HttpContext context, CancellationToken cancellationToken) =>
        Names.OfRoute(context) is var name && Names.IsName(name)
            ? await topics.FindAsync(context.Caller().UserId, name, cancellationToken)
            : null;
}
