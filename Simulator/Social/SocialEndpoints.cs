using Microsoft.AspNetCore.Http.Features;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>The social platforms, each below <c>/social/{its name}</c> by the paths of its own API; and <c>/_sim/social</c>.</summary>
internal static class SocialEndpoints
{
    public static IServiceCollection AddSocial(this IServiceCollection services) => services
        .AddSingleton<SocialPosts>()
        .AddSingleton<SocialNetworks>()
        .AddSingleton<MediaFetcher>()
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SocialControlJson.Default));

    public static void MapSocial(this WebApplication app)
    {
        var networks = app.Services.GetRequiredService<SocialNetworks>();
        var codes = app.Services.GetRequiredService<AuthorizationCodes>();
        var fetcher = app.Services.GetRequiredService<MediaFetcher>();
        new InstagramApi(networks.Of(Providers.Instagram), codes, fetcher).Map(Group(app, Providers.Instagram));
        new FacebookApi(networks.Of(Providers.Facebook), codes, fetcher).Map(Group(app, Providers.Facebook));
        new XApi(networks.Of(Providers.X), codes).Map(Group(app, Providers.X));
        new LinkedInApi(networks.Of(Providers.LinkedIn), codes).Map(Group(app, Providers.LinkedIn));
        new MastodonApi(networks.Of(Providers.Mastodon), codes).Map(Group(app, Providers.Mastodon));
        new BlueskyApi(networks.Of(Providers.Bluesky)).Map(Group(app, Providers.Bluesky));
        app.MapSocialControl();
    }

    // how large media may be is for each platform to say
    private static RouteGroupBuilder Group(WebApplication app, string name) => app.MapGroup($"/social/{name}")
        .AddEndpointFilter((context, next) =>
        {
            if (context.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = null;
            }

            return next(context);
        });
}
