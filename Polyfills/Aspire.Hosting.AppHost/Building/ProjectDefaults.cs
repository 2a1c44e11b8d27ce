using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>What every .NET project is told without being asked: endpoints of its launch profile, addresses, telemetry.</summary>
internal static class ProjectDefaults
{
    public static IResourceBuilder<ProjectResource> WithProjectDefaults(this IResourceBuilder<ProjectResource> builder, IProjectMetadata metadata)
    {
        builder.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");

        var profile = LaunchProfile.Of(metadata.ProjectPath, builder.ApplicationBuilder.Configuration["DOTNET_LAUNCH_PROFILE"]);
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode ? builder.ForRun(profile) : builder.ForPublish(profile);
    }

    private static IResourceBuilder<ProjectResource> ForRun(this IResourceBuilder<ProjectResource> builder, LaunchProfile? profile)
    {
        if (builder.ApplicationBuilder.Environment.IsDevelopment())
        {
            builder.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true");
            builder.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true");
        }

        builder.WithEnvironment(new OtlpEnvironment(builder.ApplicationBuilder).AddTo);
        builder.WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple");
        builder.WithEnvironment(context => AddUrls(context, builder.Resource));
        if (profile is null) return builder;

        var schemes = new Dictionary<string, int>();
        foreach (var url in profile.Urls)
        {
            // a second endpoint of a scheme gets a number
            var count = schemes[url.Scheme] = schemes.GetValueOrDefault(url.Scheme) + 1;
            builder.WithEndpoint(count == 1 ? url.Scheme : $"{url.Scheme}{count}", endpoint =>
            {
                endpoint.Port = url.Port;
                endpoint.TargetHost = url.Host;
                endpoint.UriScheme = url.Scheme;
            });
        }

        return builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", profile.Name);
            foreach (var (name, value) in profile.EnvironmentVariables)
                context.EnvironmentVariables.TryAdd(name, Environment.ExpandEnvironmentVariables(value));
        });
    }

    private static IResourceBuilder<ProjectResource> ForPublish(this IResourceBuilder<ProjectResource> builder, LaunchProfile? profile)
    {
        builder.WithEnvironment(context =>
        {
            if (builder.Resource.GetEndpoints().Any())
                context.EnvironmentVariables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        });
        builder.WithEnvironment(context => AddPorts(context, builder.Resource, "HTTP_PORTS", "http"));
        builder.WithEnvironment(context => AddPorts(context, builder.Resource, "HTTPS_PORTS", "https"));
        if (profile is not { Urls.Count: > 0 }) return builder;

        // a web project has both; the ports of the launch profile are for development
        return builder
            .WithEndpoint("http", endpoint => endpoint.UriScheme = "http")
            .WithEndpoint("https", endpoint => (endpoint.UriScheme, endpoint.IsDefaultHttps) = ("https", true));
    }

    private static void AddUrls(EnvironmentCallbackContext context, ProjectResource resource)
    {
        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in resource.GetEndpoints().Where(endpoint => endpoint.Scheme is "http" or "https"))
        {
            if (!urls.IsEmpty) urls.AppendLiteral(";");
            urls.Append($"{endpoint.Property(EndpointProperty.Scheme)}://{endpoint.EndpointAnnotation.TargetHost}:{endpoint.Property(EndpointProperty.TargetPort)}");
        }

        if (!urls.IsEmpty) context.EnvironmentVariables.TryAdd("ASPNETCORE_URLS", urls.Build());
    }

    private static void AddPorts(EnvironmentCallbackContext context, ProjectResource resource, string variable, string scheme)
    {
        var ports = new ReferenceExpressionBuilder();
        foreach (var endpoint in resource.GetEndpoints().Where(endpoint => endpoint.Scheme == scheme && !endpoint.EndpointAnnotation.IsDefaultHttps))
        {
            if (!ports.IsEmpty) ports.AppendLiteral(";");
            ports.Append($"{endpoint.Property(EndpointProperty.TargetPort)}");
        }

        if (!ports.IsEmpty) context.EnvironmentVariables.TryAdd(variable, ports.Build());
    }
}
