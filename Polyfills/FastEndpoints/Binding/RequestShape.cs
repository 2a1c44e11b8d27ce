using System.Collections;
using System.Collections.Frozen;
using System.Reflection;

namespace FastEndpoints;

/// <summary>What a request type can take, and from where. Built once a type.</summary>
internal sealed class RequestShape
{
    private readonly Dictionary<string, BoundProperty> _fields = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<BoundProperty> _headers = [];
    private readonly List<BoundProperty> _claims = [];
    private readonly List<string> _required = [];

    public RequestShape(Type type)
    {
        Create = CompiledMembers.Factory(type);
        IsPlainText = type.IsAssignableTo(typeof(IPlainTextRequest));
        IsEmpty = type == typeof(EmptyRequest);

        // a collection is the body and nothing but the body
        if (!IsEmpty && !type.IsAssignableTo(typeof(IEnumerable)))
            AddProperties(type);

        Fields = _fields.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Headers = [.. _headers];
        Claims = [.. _claims];
        Required = [.. _required];
    }

    /// <summary>By the name of a route parameter, query parameter or form field.</summary>
    public FrozenDictionary<string, BoundProperty> Fields { get; }

    public BoundProperty[] Headers { get; }

    public BoundProperty[] Claims { get; }

    /// <summary>The property that is the whole body.</summary>
    public BoundProperty? Body { get; private set; }

    /// <summary>Names that form, route or query must carry.</summary>
    public string[] Required { get; }

    public Func<object> Create { get; }

    public bool IsPlainText { get; }

    public bool IsEmpty { get; }

    /// <summary>The incoming name of a property.</summary>
    public static string FieldName(PropertyInfo property)
        => property.GetCustomAttribute<BindFromAttribute>()?.Name
           ?? (Settings.Binding.UsePropertyNamingPolicy ? Settings.Serializer.Options.PropertyNamingPolicy?.ConvertName(property.Name) : null)
           ?? property.Name;

    private void AddProperties(Type type)
    {
        var properties = CompiledMembers.SettableProperties(type);
        if (properties.Length == 0 && !Settings.Endpoints.AllowEmptyRequestDtos)
            throw new NotSupportedException($"A request needs public properties to bind to: [{type.FullName}]");

        foreach (var property in properties)
        {
            if (!IsPlainText || property.Name != nameof(IPlainTextRequest.Content))
                Add(property, type);
        }
    }

    private void Add(PropertyInfo property, Type type)
    {
        var name = FieldName(property);
        var closed = property.GetCustomAttribute<DontBindAttribute>();
        if (closed is { IsRequired: true })
            _required.Add(name);

        if (property.IsDefined(typeof(FromBodyAttribute)))
        {
            if (Body is not null)
                throw new InvalidOperationException($"Only one [FromBody] is allowed on [{type.FullName}].");
            Body = Bind(property, name);
            return;
        }

        var bindsField = true;
        if (property.GetCustomAttribute<FromClaimAttribute>() is { } claim)
        {
            _claims.Add(Bind(property, claim.ClaimType ?? name, claim.IsRequired));
            bindsField &= !claim.IsRequired;
        }

        if (property.GetCustomAttribute<FromHeaderAttribute>() is { } header)
        {
            _headers.Add(Bind(property, header.HeaderName ?? name, header.IsRequired));
            bindsField &= !header.IsRequired;
        }

        if (bindsField)
            _fields.Add(name, Bind(property, name, closed: closed?.BindingSources ?? 0));
    }

    private static BoundProperty Bind(PropertyInfo property, string name, bool isRequired = false, Source closed = 0)
        => new()
        {
            Name = name,
            Type = property.PropertyType,
            Set = CompiledMembers.Setter(property),
            Parse = ValueParsers.For(property.PropertyType),
            IsRequired = isRequired,
            ClosedSources = closed,
        };
}
