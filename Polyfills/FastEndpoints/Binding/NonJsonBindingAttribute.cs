namespace FastEndpoints;

/// <summary>Base of the attributes that give a property a source other than the JSON body.</summary>
public abstract class NonJsonBindingAttribute : Attribute;
