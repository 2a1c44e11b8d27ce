using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>
    /// Tells a resource how to reach another: <c>ConnectionStrings__name</c>,
    /// and <c>NAME_HOST</c>, <c>NAME_PORT</c> and the like for the parts of the connection.
    /// </summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        connectionName ??= resource.Name;
        return builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables[$"ConnectionStrings__{connectionName}"] = new ConnectionStringReference(resource, optional);
            foreach (var (key, value) in resource.GetConnectionProperties())
                context.EnvironmentVariables[$"{VariableName(connectionName)}_{key.ToUpperInvariant()}"] = value;
        });
    }

    /// <summary>
    /// Tells a resource the endpoints of another: <c>NAME_HTTP</c>, and <c>services__name__http__0</c> for service discovery.
    /// </summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        builder.EndpointsOf(source.Resource).UseAllEndpoints = true;
        return builder;
    }

    /// <summary>Tells a resource one endpoint of another.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        builder.EndpointsOf(endpointReference.Resource).EndpointNames.Add(endpointReference.EndpointName);
        return builder;
    }

    /// <summary>One annotation for each resource that is referred to; the endpoints are looked up when all are known.</summary>
    private static EndpointReferenceAnnotation EndpointsOf<T>(this IResourceBuilder<T> builder, IResourceWithEndpoints resource)
        where T : IResourceWithEnvironment
    {
        var annotation = builder.Resource.Annotations.OfType<EndpointReferenceAnnotation>().SingleOrDefault(a => a.Resource == resource);
        if (annotation is not null) return annotation;

        annotation = new EndpointReferenceAnnotation(resource);
        builder.WithAnnotation(annotation);
        builder.WithEnvironment(context => AddEndpoints(context.EnvironmentVariables, annotation));
        return annotation;
    }

    private static void AddEndpoints(Dictionary<string, object> variables, EndpointReferenceAnnotation annotation)
    {
        var service = annotation.Resource.Name;
        var wanted = annotation.Resource.GetEndpoints().Where(endpoint => annotation.EndpointNames.Contains(endpoint.EndpointName)
            || (annotation.UseAllEndpoints && !endpoint.EndpointAnnotation.ExcludeReferenceEndpoint));
        foreach (var endpoint in wanted)
        {
            variables[$"{VariableName(service)}_{VariableName(endpoint.EndpointName)}"] = endpoint;

            var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
            var index = 0;
            while (variables.ContainsKey($"services__{service}__{key}__{index}")) index++;
            variables[$"services__{service}__{key}__{index}"] = endpoint;
        }
    }

    private static string VariableName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
