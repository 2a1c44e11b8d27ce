using System.Text.RegularExpressions;
using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>Names of topics and categories: words that can stand in a path.</summary>
internal static partial class Names
{
    public const int MaxLength = 100;

    public const string Rule = "It must be letters, digits and any of . _ : - and begin with a letter or digit, at most 100.";

    /// <summary>Whether it is a name.</summary>
    public static bool IsName(string? name) => Form().IsMatch(name ?? "");

    /// <summary>The name in the route.</summary>
    public static string OfRoute(HttpContext context) => $"{context.GetRouteValue("name")}";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

/// <summary>A topic as the API shows it.</summary>
internal sealed record TopicResponse(string Name, DateTimeOffset CreatedAt)
{
    /// <summary>Makes it.</summary>
    public static TopicResponse Of(Topic topic) => new(topic.Name, topic.CreatedAt);
}

/// <summary>A topic to make.</summary>
internal sealed class CreateTopicRequest
{
    public string? Name { get; init; }
}

internal sealed class CreateTopicValidator : Validator<CreateTopicRequest>
{
    public CreateTopicValidator() => RuleFor(topic => topic.Name).Must(Names.IsName).WithMessage(Names.Rule);
}

/// <summary><c>POST /api/topics</c>. Sent again it changes nothing.</summary>
internal sealed class CreateTopic(TopicStore topics, IOptions<RecipientOptions> options)
    : Endpoint<CreateTopicRequest, Results<Created<TopicResponse>, Ok<TopicResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/topics");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Topics", "Make a topic")
            .WithDescription("One of that name that is there already is answered with 200.")
            .Produces<TopicResponse>().Produces<TopicResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Created<TopicResponse>, Ok<TopicResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateTopicRequest request, CancellationToken ct)
    {
        var atMost = options.Value.MaxTopicsPerUser;
        if (await topics.CreateAsync(HttpContext.Caller().UserId, request.Name!, atMost, ct) is not var (topic, isNew))
            return Problems.Conflict(FormattableString.Invariant($"A user has at most {atMost} topics."));
        return isNew
            ? TypedResults.Created($"/api/topics/{topic.Name}/members", TopicResponse.Of(topic))
            : TypedResults.Ok(TopicResponse.Of(topic));
    }
}

internal sealed class ListTopicsRequest : PageRequest;

internal sealed class ListTopicsValidator() : PageValidator<ListTopicsRequest>(ListTopics.Name);

/// <summary><c>GET /api/topics</c>: the user's topics, newest first.</summary>
internal sealed class ListTopics(TopicStore topics) : ListEndpoint<ListTopicsRequest, ListedTopic>(Name)
{
    public const string Name = "topics";

    public override void Configure() => List("/api/topics", Scope.Notifications, "Topics", "List topics, newest first");

    protected override async Task<List<ListedTopic>> ReadAsync(
        ListTopicsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        (await topics.ListAsync(HttpContext.Caller().UserId, after?.Id, take, cancellationToken))
            .ConvertAll(topic => new ListedTopic(topic.Id, topic.Name, topic.CreatedAt));

    protected override Cursor CursorOf(ListedTopic item) => new(item.CreatedAt, item.Id);
}

/// <summary>A topic in a list.</summary>
internal sealed record ListedTopic([property: System.Text.Json.Serialization.JsonIgnore] Guid Id, string Name, DateTimeOffset CreatedAt);

/// <summary><c>DELETE /api/topics/{name}</c>: the topic and who follows it; the recipients stay.</summary>
internal sealed class DeleteTopic(TopicStore topics) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/topics/{name}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Topics", "Delete a topic; its members stay recipients")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var name = Names.OfRoute(HttpContext);
        return Names.IsName(name) && await topics.DeleteAsync(HttpContext.Caller().UserId, name, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("topic", name);
    }
}
