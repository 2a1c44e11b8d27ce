using System.Text.Json;
using FluentValidation;
using Switchboard.Core.Social.Posts;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>Which posts to list.</summary>
internal sealed class ListPostsRequest : NumberedPageRequest
{
    /// <summary>Only those in this state: draft, scheduled, publishing, published, partly, failed or cancelled.</summary>
    [QueryParam]
    public string? State { get; set; }

    /// <summary>Only those that go to this account.</summary>
    [QueryParam]
    public Guid? AccountId { get; set; }

    /// <summary>Only those of this schedule.</summary>
    [QueryParam]
    public Guid? ScheduleId { get; set; }

    /// <summary>Only those that go out at this time or later.</summary>
    [QueryParam]
    public DateTimeOffset? From { get; set; }

    /// <summary>Only those that go out before this time.</summary>
    [QueryParam]
    public DateTimeOffset? To { get; set; }

    /// <summary>Only those with this tag.</summary>
    [QueryParam]
    public string? Tag { get; set; }

    /// <summary>Only those whose metadata has this: name:value, a text.</summary>
    [QueryParam]
    public string? Metadata { get; set; }

    /// <summary>The filter; it was validated.</summary>
    public PostFilter ToFilter(Guid userId) => new(
        userId, State, AccountId, ScheduleId, From, To, Tag,
        Metadata?.Split(':', 2) is [var name, var value]
            ? JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value })
            : null);
}

internal sealed class ListPostsValidator : NumberedPageValidator<ListPostsRequest>
{
    private const int MaxText = 200;

    public ListPostsValidator()
        : base(ListPosts.Name)
    {
        RuleFor(request => request.State).OneOf(PostStates.All).When(request => request.State is not null);
        RuleFor(request => request.Tag).Text(MaxText);
        RuleFor(request => request.Metadata).Text(MaxText)
            .Must(metadata => metadata is null || metadata.IndexOf(':', StringComparison.Ordinal) > 0)
            .WithMessage("It must be a name, a colon and a value.");
        RuleFor(request => request.To).GreaterThan(request => request.From).When(request => request is { From: not null, To: not null })
            .WithMessage("It must be after from.");
    }
}

/// <summary><c>GET /api/posts</c>: the user's posts, newest first; between two times, those that go out last first.</summary>
internal sealed class ListPosts(PostReads posts) : NumberedListEndpoint<ListPostsRequest, PostResponse>(Name)
{
    public const string Name = "posts";

    public override void Configure() => List("/api/posts", Scope.Social, "Posts", "List posts");

    protected override Task<List<PostResponse>> ReadAsync(
        ListPostsRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        posts.ListAsync(request.ToFilter(HttpContext.Caller().UserId), after, skip, take, cancellationToken);

    protected override Task<int> CountAsync(ListPostsRequest request, int atMost, CancellationToken cancellationToken) =>
        posts.CountAsync(request.ToFilter(HttpContext.Caller().UserId), atMost, cancellationToken);

    protected override Cursor CursorOf(PostResponse item) => new(item.ScheduledAt ?? item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/posts/{id}</c>: a post with its targets and their attempts. Its version is the <c>ETag</c>.</summary>
internal sealed class GetPost(PostReads posts) : GetByIdEndpoint<PostResponse>("post")
{
    public override void Configure() => Read("/api/posts/{id:guid}", Scope.Social, "Posts", "Read a post with its targets");

    protected override async Task<PostResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var post = await posts.FindAsync(userId, id, cancellationToken);
        if (post is not null)
            HttpContext.Response.Headers.ETag = post.EntityTag;
        return post;
    }
}
