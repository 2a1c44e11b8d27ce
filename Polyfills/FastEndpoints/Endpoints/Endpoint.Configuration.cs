using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace FastEndpoints;

// what Configure() may call; all of it goes to the definition
public abstract partial class Endpoint<TRequest, TResponse>
{
    /// <summary>Listens to GET on these routes.</summary>
    protected void Get([StringSyntax("Route")] params string[] routePatterns) => Listen(Http.GET, routePatterns);

    /// <summary>Listens to POST on these routes.</summary>
    protected void Post([StringSyntax("Route")] params string[] routePatterns) => Listen(Http.POST, routePatterns);

    /// <summary>Listens to PUT on these routes.</summary>
    protected void Put([StringSyntax("Route")] params string[] routePatterns) => Listen(Http.PUT, routePatterns);

    /// <summary>Listens to PATCH on these routes.</summary>
    protected void Patch([StringSyntax("Route")] params string[] routePatterns) => Listen(Http.PATCH, routePatterns);

    /// <summary>Listens to DELETE on these routes.</summary>
    protected void Delete([StringSyntax("Route")] params string[] routePatterns) => Listen(Http.DELETE, routePatterns);

    /// <summary>Listens to HEAD on these routes.</summary>
    protected void Head([StringSyntax("Route")] params string[] routePatterns) => Listen(Http.HEAD, routePatterns);

    /// <summary>Listens to OPTIONS on these routes.</summary>
    protected void Options([StringSyntax("Route")] params string[] routePatterns) => Listen(Http.OPTIONS, routePatterns);

    /// <summary>The verbs to listen to.</summary>
    public void Verbs(params Http[] methods) => Verbs([.. methods.Select(m => m.ToString())]);

    /// <inheritdoc />
    public override void Verbs(params string[] methods)
    {
        Definition.ThrowIfLocked();
        Definition.Verbs = methods;
    }

    /// <inheritdoc />
    public override void Routes([StringSyntax("Route")] params string[] patterns)
    {
        Definition.ThrowIfLocked();
        Definition.Routes = patterns;
    }

    /// <inheritdoc />
    protected sealed override void Group<TEndpointGroup>() => Definition.Group<TEndpointGroup>();

    /// <inheritdoc cref="EndpointDefinition.AllowAnonymous(Http[])" />
    protected void AllowAnonymous(params Http[] verbs) => Definition.AllowAnonymous(verbs);

    /// <inheritdoc cref="EndpointDefinition.AllowAnonymous(string[])" />
    protected void AllowAnonymous(string[] verbs) => Definition.AllowAnonymous(verbs);

    /// <inheritdoc cref="EndpointDefinition.AllowFormData" />
    protected void AllowFormData(bool urlEncoded = false) => Definition.AllowFormData(urlEncoded);

    /// <inheritdoc cref="EndpointDefinition.AuthSchemes" />
    protected void AuthSchemes(params string[] authSchemeNames) => Definition.AuthSchemes(authSchemeNames);

    /// <inheritdoc cref="EndpointDefinition.Claims" />
    protected void Claims(params string[] claimTypes) => Definition.Claims(claimTypes);

    /// <inheritdoc cref="EndpointDefinition.ClaimsAll" />
    protected void ClaimsAll(params string[] claimTypes) => Definition.ClaimsAll(claimTypes);

    /// <inheritdoc cref="EndpointDefinition.Permissions" />
    protected void Permissions(params string[] permissions) => Definition.Permissions(permissions);

    /// <inheritdoc cref="EndpointDefinition.PermissionsAll" />
    protected void PermissionsAll(params string[] permissions) => Definition.PermissionsAll(permissions);

    /// <inheritdoc cref="EndpointDefinition.Scopes" />
    protected void Scopes(params string[] scopes) => Definition.Scopes(scopes);

    /// <inheritdoc cref="EndpointDefinition.ScopesAll" />
    protected void ScopesAll(params string[] scopes) => Definition.ScopesAll(scopes);

    /// <inheritdoc cref="EndpointDefinition.Roles" />
    protected void Roles(params string[] rolesNames) => Definition.Roles(rolesNames);

    /// <inheritdoc cref="EndpointDefinition.Policies" />
    protected void Policies(params string[] policyNames) => Definition.Policies(policyNames);

    /// <inheritdoc cref="EndpointDefinition.Policy" />
    protected void Policy(Action<AuthorizationPolicyBuilder> policy) => Definition.Policy(policy);

    /// <inheritdoc cref="EndpointDefinition.Description" />
    protected void Description(Action<RouteHandlerBuilder> builder, bool clearDefaults = false) => Definition.Description(builder, clearDefaults);

    /// <inheritdoc cref="EndpointDefinition.Options" />
    protected void Options(Action<RouteHandlerBuilder> builder) => Definition.Options(builder);

    /// <inheritdoc cref="EndpointDefinition.Metadata" />
    protected void Metadata(params object[] metadata) => Definition.Metadata(metadata);

    /// <inheritdoc cref="EndpointDefinition.Tags" />
    protected void Tags(params string[] endpointTags) => Definition.Tags(endpointTags);

    /// <inheritdoc cref="EndpointDefinition.Summary(Action{EndpointSummary})" />
    protected void Summary(Action<EndpointSummary> endpointSummary) => Definition.Summary(endpointSummary);

    /// <inheritdoc cref="EndpointDefinition.Summary{TRequest}(Action{EndpointSummary{TRequest}})" />
    [OverloadResolutionPriority(1)]
    protected void Summary(Action<EndpointSummary<TRequest>> endpointSummary) => Definition.Summary(endpointSummary);

    /// <inheritdoc cref="EndpointDefinition.Summary(EndpointSummary)" />
    protected void Summary(EndpointSummary endpointSummary) => Definition.Summary(endpointSummary);

    /// <inheritdoc cref="EndpointDefinition.DontAutoSendResponse" />
    protected void DontAutoSendResponse() => Definition.DontAutoSendResponse();

    /// <inheritdoc cref="EndpointDefinition.DontAutoTag" />
    protected void DontAutoTag() => Definition.DontAutoTag();

    /// <inheritdoc cref="EndpointDefinition.DontCatchExceptions" />
    protected void DontCatchExceptions() => Definition.DontCatchExceptions();

    /// <inheritdoc cref="EndpointDefinition.DontExecuteHandlerIfResponseStarted" />
    protected void DontExecuteHandlerIfResponseStarted() => Definition.DontExecuteHandlerIfResponseStarted();

    /// <inheritdoc cref="EndpointDefinition.DontThrowIfValidationFails" />
    protected void DontThrowIfValidationFails() => Definition.DontThrowIfValidationFails();

    /// <inheritdoc cref="EndpointDefinition.MaxRequestBodySize" />
    protected void MaxRequestBodySize(long size) => Definition.MaxRequestBodySize(size);

    /// <inheritdoc cref="EndpointDefinition.RoutePrefixOverride" />
    protected void RoutePrefixOverride(string routePrefix) => Definition.RoutePrefixOverride(routePrefix);

    /// <inheritdoc cref="EndpointDefinition.Validator{TValidator}" />
    protected void Validator<TValidator>() where TValidator : IValidator => Definition.Validator<TValidator>();

    /// <summary>Runs this before the handler, after what was added before it.</summary>
    public void PreProcessor<TPreProcessor>() where TPreProcessor : class, IPreProcessor<TRequest>
        => Definition.AddPreProcessors(Order.After, [(IPreProcessor)ServiceResolver.Instance.CreateSingleton(typeof(TPreProcessor))]);

    /// <summary>Runs these before the handler, in this order, after what was added before them.</summary>
    public void PreProcessors(params IPreProcessor<TRequest>[] preProcessors) => Definition.AddPreProcessors(Order.After, preProcessors);

    /// <summary>Runs this after the handler, after what was added before it.</summary>
    public void PostProcessor<TPostProcessor>() where TPostProcessor : class, IPostProcessor<TRequest, TResponse>
        => Definition.AddPostProcessors(Order.After, [(IPostProcessor)ServiceResolver.Instance.CreateSingleton(typeof(TPostProcessor))]);

    /// <summary>Runs these after the handler, in this order, after what was added before them.</summary>
    public void PostProcessors(params IPostProcessor<TRequest, TResponse>[] postProcessors) => Definition.AddPostProcessors(Order.After, postProcessors);

    /// <summary>Binds requests by this binder instead.</summary>
    protected void RequestBinder(IRequestBinder<TRequest> binder)
    {
        Definition.ThrowIfLocked();
        Definition.Binder = binder;
    }

    /// <summary>Reads and writes JSON by this context.</summary>
    protected void SerializerContext<TContext>(TContext serializerContext) where TContext : JsonSerializerContext
    {
        Definition.ThrowIfLocked();
        Definition.SerializerContext = serializerContext;
        if (!Settings.Serializer.Options.IsReadOnly)
            Settings.Serializer.Options.TypeInfoResolverChain.Insert(0, serializerContext);
    }

    /// <summary>Reads and writes JSON by a context of this type, made with the application's options.</summary>
    protected void SerializerContext<TContext>() where TContext : JsonSerializerContext
        => SerializerContext((TContext)Activator.CreateInstance(typeof(TContext), new JsonSerializerOptions(Settings.Serializer.Options))!);

    private void Listen(Http verb, string[] routePatterns)
    {
        Verbs(verb);
        Routes(routePatterns);
    }
}
