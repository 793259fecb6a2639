// name: create_events
// purpose: event nodes, labelled by their type
// parameters: rows
// returns: -
// order: -
// anchor: -
// cost: O(events)
UNWIND $rows AS r
CREATE (e:Event:Traced {node: 4 * r[0] + 2, seq: r[0], source: r[1], id: r[2], type: r[3],
  start: r[4], start_rest: r[5], at: r[6], at_rest: r[7], hub: r[8], void: r[9], voider: r[10],
  occurred_at: r[11]})
WITH collect(e) AS es
FOREACH (e IN [e IN es WHERE e.type = 'receipt'] | SET e:Receipt)
FOREACH (e IN [e IN es WHERE e.type = 'supplier_return'] | SET e:SupplierReturn)
FOREACH (e IN [e IN es WHERE e.type = 'production'] | SET e:Production)
FOREACH (e IN [e IN es WHERE e.type = 'assembly'] | SET e:Assembly)
FOREACH (e IN [e IN es WHERE e.type = 'disassembly'] | SET e:Disassembly)
FOREACH (e IN [e IN es WHERE e.type = 'rework'] | SET e:Rework)
FOREACH (e IN [e IN es WHERE e.type = 'split'] | SET e:Split)
FOREACH (e IN [e IN es WHERE e.type = 'merge'] | SET e:Merge)
FOREACH (e IN [e IN es WHERE e.type = 'relabel'] | SET e:Relabel)
FOREACH (e IN [e IN es WHERE e.type = 'process'] | SET e:Process)
FOREACH (e IN [e IN es WHERE e.type = 'move'] | SET e:Move)
FOREACH (e IN [e IN es WHERE e.type = 'pack'] | SET e:Pack)
FOREACH (e IN [e IN es WHERE e.type = 'unpack'] | SET e:Unpack)
FOREACH (e IN [e IN es WHERE e.type = 'shipment'] | SET e:Shipment)
FOREACH (e IN [e IN es WHERE e.type = 'delivery'] | SET e:Delivery)
FOREACH (e IN [e IN es WHERE e.type = 'return'] | SET e:Return)
FOREACH (e IN [e IN es WHERE e.type = 'scrap'] | SET e:Scrap)
FOREACH (e IN [e IN es WHERE e.type = 'adjustment'] | SET e:Adjustment)
FOREACH (e IN [e IN es WHERE e.type = 'use'] | SET e:Use)
FOREACH (e IN [e IN es WHERE e.type = 'observation'] | SET e:Observation)
FOREACH (e IN [e IN es WHERE e.type = 'inspection'] | SET e:Inspection)
FOREACH (e IN [e IN es WHERE e.type = 'hold'] | SET e:Hold)
FOREACH (e IN [e IN es WHERE e.type = 'release'] | SET e:Release)
FOREACH (e IN [e IN es WHERE e.type = 'certificate'] | SET e:Certificate)
FOREACH (e IN [e IN es WHERE e.type = 'deviation'] | SET e:Deviation)
FOREACH (e IN [e IN es WHERE e.type = 'nonconformance'] | SET e:Nonconformance)
FOREACH (e IN [e IN es WHERE e.type = 'capa'] | SET e:Capa)
FOREACH (e IN [e IN es WHERE e.type = 'complaint'] | SET e:Complaint)
FOREACH (e IN [e IN es WHERE e.type = 'order'] | SET e:OrderStep)
FOREACH (e IN [e IN es WHERE e.type IN ['product', 'party', 'place', 'equipment']] | SET e:Record)
FOREACH (e IN [e IN es WHERE e.type = 'void'] | SET e:Void)
