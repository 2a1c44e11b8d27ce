namespace Switchboard.AppHost;

/// <summary>
/// Social publishing: on a developer's machine the simulator stands in for the platforms, deployed the product calls the real ones as the
/// applications that are registered there.
/// </summary>
internal static class SocialSettings
{
    /// <summary>The simulator's addresses; what else it wants is in the processes' settings of Development.</summary>
    public static void WithSimulatedPlatforms(
        this IResourceBuilder<ProjectResource> process, EndpointReference simulator, EndpointReference edge)
    {
        const string Instagram = "Social__Instagram", Facebook = "Social__Facebook", X = "Social__X", LinkedIn = "Social__LinkedIn";
        process.WithEnvironment("Social__PublicBaseUrl", edge)
            .WithEnvironment("Social__ProxyCheckUrl", $"{simulator}/alive")
            .WithEnvironment("Social__BlueskyServer", $"{simulator}/social/bluesky")
            .WithEnvironment($"{Instagram}__ApiBaseUrl", $"{simulator}/social/instagram")
            .WithEnvironment($"{Instagram}__AuthorizationUrl", $"{simulator}/social/instagram/oauth/authorize")
            .WithEnvironment($"{Instagram}__TokenUrl", $"{simulator}/social/instagram/oauth/access_token")
            .WithEnvironment($"{Facebook}__ApiBaseUrl", $"{simulator}/social/facebook")
            .WithEnvironment($"{Facebook}__AuthorizationUrl", $"{simulator}/social/facebook/dialog/oauth")
            .WithEnvironment($"{Facebook}__TokenUrl", $"{simulator}/social/facebook/oauth/access_token")
            .WithEnvironment($"{X}__ApiBaseUrl", $"{simulator}/social/x")
            .WithEnvironment($"{X}__AuthorizationUrl", $"{simulator}/social/x/i/oauth2/authorize")
            .WithEnvironment($"{X}__TokenUrl", $"{simulator}/social/x/2/oauth2/token")
            .WithEnvironment($"{LinkedIn}__ApiBaseUrl", $"{simulator}/social/linkedin")
            .WithEnvironment($"{LinkedIn}__AuthorizationUrl", $"{simulator}/social/linkedin/oauth/v2/authorization")
            .WithEnvironment($"{LinkedIn}__TokenUrl", $"{simulator}/social/linkedin/oauth/v2/accessToken");
    }

    /// <summary>The applications as they are registered; who does not use a platform leaves its id empty, and says <c>none</c> for its
    /// secret. Mastodon and Bluesky need none.</summary>
    public static void WithPlatforms(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ParameterResource> publicUrl,
        params ReadOnlySpan<IResourceBuilder<ProjectResource>> processes)
    {
        foreach (var name in (string[])["Instagram", "Facebook", "X", "LinkedIn"])
        {
            var id = builder.AddParameter($"{name.ToLowerInvariant()}-client-id", "", publishValueAsDefault: true);
            var secret = builder.AddParameter($"{name.ToLowerInvariant()}-client-secret", secret: true);
            foreach (var process in processes)
                process.WithEnvironment($"Social__{name}__ClientId", id).WithEnvironment($"Social__{name}__ClientSecret", secret);
        }

        foreach (var process in processes)
            process.WithEnvironment("Social__PublicBaseUrl", publicUrl);
    }
}
