using Switchboard.Core.Social.Posts;
using Switchboard.Core.Social.Publishing;
using Switchboard.Edge.Api.Social.Media;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>Registration of what the endpoints of posts and of the media library need.</summary>
internal static class PostServices
{
    /// <summary>Posts, and the media library.</summary>
    public static IServiceCollection AddSocialPosts(this IServiceCollection services)
    {
        services.AddOptions<DuplicateGuardOptions>().BindConfiguration(DuplicateGuardOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddPublishTargets()
            .AddSingleton<DuplicateGuard>()
            .AddSingleton<PostReads>()
            .AddSingleton<PostWriter>()
            .AddMediaLibrary();
    }
}
